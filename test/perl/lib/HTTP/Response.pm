package HTTP::Response;

# Stand-in: a page.

use v5.36;

sub new ($class, $content) { return bless { content => $content }, $class }

sub content ($self, @new) {
    $self->{content} = $new[0] if @new;
    return $self->{content};
}

1;
