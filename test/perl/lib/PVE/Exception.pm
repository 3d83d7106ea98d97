package PVE::Exception;

# Stand-in: an exception with a message, an HTTP status and messages by parameter.

use v5.36;

use Exporter qw(import);

use overload
    '""' => sub ($self, @) { return ($self->{code} ? "$self->{code} " : '') . $self->{msg} },
    fallback => 1;

our @EXPORT_OK = qw(raise raise_param_exc);

sub raise ($message, %more) { die bless { msg => $message, %more }, __PACKAGE__ }

sub raise_param_exc ($errors) {
    raise("Parameter verification failed.\n", code => 400, errors => $errors);
}

1;
