package PVE::Fail2ban::HttpAnswer;

# Reads one HTTP/1.x answer from its bytes as they come in, and does no I/O itself. Dies with one of the lines
# 'malformed', 'too large' and 'cut short'.

use v5.36;

use constant {
    HEAD_LIMIT => 16 * 1024,
    CHUNK_LINE_LIMIT => 256,
};

# $limit: bytes of the body at most.
sub new ($class, $limit) {
    return bless { in => '', body => '', size => 0, limit => $limit, step => \&_head }, $class;
}

# Takes the next bytes in.
sub feed ($self, $bytes) {
    $self->{in} .= $bytes;
    1 while !$self->{complete} && $self->{step}->($self);
    return;
}

# The peer closed the connection.
sub end ($self) {
    $self->{complete} = 1 if $self->{until_end};
    die "cut short\n" if !$self->{complete};
    return;
}

sub complete ($self) { return $self->{complete} }

# Undefined until the head is there.
sub status ($self) { return $self->{status} }

sub header ($self, $name) { return $self->{headers}->{$name} // '' }

# For a stream, whose size is bounded by its reader.
sub unlimit ($self) {
    $self->{limit} = undef;
    return;
}

# What has come of the body since the last call, without the transfer coding.
sub take_body ($self) {
    my $body = $self->{body};
    $self->{body} = '';
    return $body;
}

sub _head ($self) {
    if ($self->{in} !~ m/\r?\n\r?\n/) {
        die "malformed\n" if length($self->{in}) > HEAD_LIMIT;
        return 0;
    }
    die "malformed\n" if $-[0] > HEAD_LIMIT;
    my ($start, @lines) = split(/\r?\n/, substr($self->{in}, 0, $-[0]));
    substr($self->{in}, 0, $+[0], '');

    die "malformed\n" if ($start // '') !~ m!\AHTTP/1\.[01] ([2-5]\d\d)(?: |\z)!;
    my $status = 0 + $1;
    my $headers = {};
    for my $line (@lines) {
        die "malformed\n" if $line !~ m/\A([\w!#\$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*\z/;
        my ($name, $value) = (lc($1), $2);
        $headers->{$name} = defined($headers->{$name}) ? "$headers->{$name}, $value" : $value;
    }
    $self->{headers} = $headers;
    $self->_frame($status);
    $self->{status} = $status;
    return 1;
}

# How the end of the body is told, see RFC 9112, 6.3.
sub _frame ($self, $status) {
    my ($length, $coding) = $self->{headers}->@{qw(content-length transfer-encoding)};
    if ($status == 204 || $status == 304) {
        $self->{complete} = 1;
    } elsif (defined($coding)) {
        die "malformed\n" if defined($length) || lc($coding) ne 'chunked';
        $self->{step} = \&_chunk_line;
    } elsif (defined($length)) {
        die "malformed\n" if $length !~ m/\A\d{1,15}\z/;
        die "too large\n" if $length > $self->{limit};
        $self->{left} = $length;
        $self->{step} = \&_counted;
        $self->{complete} = 1 if $length == 0;
    } else {
        $self->{until_end} = 1;
        $self->{step} = \&_rest;
    }
    return;
}

sub _move ($self, $count) {
    return if $count == 0;
    $self->{size} += $count;
    die "too large\n" if defined($self->{limit}) && $self->{size} > $self->{limit};
    $self->{body} .= substr($self->{in}, 0, $count, '');
    return;
}

sub _move_left ($self) {
    my $there = length($self->{in});
    my $count = $there < $self->{left} ? $there : $self->{left};
    $self->_move($count);
    $self->{left} -= $count;
    return $self->{left} == 0;
}

sub _counted ($self) {
    $self->{complete} = $self->_move_left();
    return 0;
}

sub _rest ($self) {
    $self->_move(length($self->{in}));
    return 0;
}

# One line that ends a chunk, tells the size of the next or is a trailer; undef if it is not there yet.
sub _line ($self) {
    my $end = index($self->{in}, "\n");
    die "malformed\n" if ($end < 0 ? length($self->{in}) : $end) > CHUNK_LINE_LIMIT;
    return undef if $end < 0;
    return substr($self->{in}, 0, $end + 1, '') =~ s/\r?\n\z//r;
}

sub _chunk_line ($self) {
    my $line = $self->_line() // return 0;
    die "malformed\n" if $line !~ m/\A([0-9a-fA-F]{1,8})[ \t]*(?:;|\z)/;
    $self->{left} = hex($1);
    $self->{step} = $self->{left} == 0 ? \&_trailer : \&_chunk;
    return 1;
}

sub _chunk ($self) {
    return 0 if !$self->_move_left();
    $self->{step} = \&_chunk_end;
    return 1;
}

sub _chunk_end ($self) {
    my $line = $self->_line() // return 0;
    die "malformed\n" if $line ne '';
    $self->{step} = \&_chunk_line;
    return 1;
}

sub _trailer ($self) {
    my $line = $self->_line() // return 0;
    $self->{complete} = 1 if $line eq '';
    return 1;
}

1;
