package FakeHelper;

# A helper that does what a test says: answers properly, drips, lies, hangs or dies.

use v5.36;

use File::Temp ();
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP ();
use POSIX ();

# $serve: called with the connection and the request { method, target, headers, body } in a process of its own for each
# connection. The folder is as the real one's: root's alone (or that of whoever runs the tests).
sub start ($class, $serve) {
    my $folder = File::Temp->newdir('helper-XXXXXX', TMPDIR => 1);
    chmod(0700, "$folder");
    my $self = bless { folder => $folder, socket => "$folder/helper.sock", owner => $$ }, $class;
    my $listener = IO::Socket::UNIX->new(Local => $self->{socket}, Listen => 16)
        or die "listen: $!";
    $self->{pid} = fork() // die "fork: $!";
    return $self if $self->{pid};
    setpgrp();
    $SIG{CHLD} = 'IGNORE';
    $SIG{PIPE} = 'IGNORE';
    # whoever reads the test's output waits until nobody has it open
    open(STDOUT, '>', '/dev/null') or POSIX::_exit(1);
    my $waiting = IO::Select->new($listener);
    while (1) {
        # a test that was killed cannot end its helpers
        kill('TERM', -$$) if getppid() != $self->{owner};
        $waiting->can_read(0.5) or next;
        my $client = $listener->accept() or next;
        my $pid = fork() // POSIX::_exit(1);
        if ($pid) {
            close($client);
            next;
        }
        close($listener);
        eval { $serve->($client, _request($self, $client)); 1 } or print STDERR "fake helper: $@";
        POSIX::_exit(0);
    }
}

# A socket that takes connections and never accepts one.
sub deaf ($class) {
    my $folder = File::Temp->newdir('helper-XXXXXX', TMPDIR => 1);
    chmod(0700, "$folder");
    my $self = bless { folder => $folder, socket => "$folder/helper.sock", owner => $$ }, $class;
    $self->{listener} = IO::Socket::UNIX->new(Local => $self->{socket}, Listen => 1)
        or die "listen: $!";
    return $self;
}

sub folder ($self) { return "$self->{folder}" }

# All requests so far, the last one last.
sub requests ($self) {
    open(my $log, '<', "$self->{folder}/requests") or return;
    return map { JSON::PP->new->utf8->decode($_) } <$log>;
}

sub _request ($self, $client) {
    my $bytes = '';
    while ($bytes !~ m/\r\n\r\n/) {
        sysread($client, $bytes, 4096, length($bytes)) or POSIX::_exit(0);
    }
    my ($head, $body) = split(/\r\n\r\n/, $bytes, 2);
    my ($start, @lines) = split(/\r\n/, $head);
    my ($method, $target) = split(/ /, $start);
    my $headers = { map { m/\A([^:]+): (.*)\z/ ? (lc($1) => $2) : () } @lines };
    while (length($body) < ($headers->{'content-length'} // 0)) {
        sysread($client, $body, 65536, length($body)) or POSIX::_exit(0);
    }
    my $request = { method => $method, target => $target, headers => $headers, body => $body };
    open(my $log, '>>', "$self->{folder}/requests") or die $!;
    syswrite($log, JSON::PP->new->utf8->canonical->encode($request) . "\n");
    return $request;
}

# A proper answer of the helper's.
sub json ($client, $status, $value) {
    my $body = JSON::PP->new->utf8->encode($value);
    my $length = length($body);
    print $client "HTTP/1.1 $status Whatever\r\nContent-Type: application/json; charset=utf-8\r\n"
        . "Content-Length: $length\r\nConnection: close\r\n\r\n$body";
    return;
}

# The head of a stream; `chunk` sends its parts.
sub stream_head ($client) {
    syswrite(
        $client,
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson; charset=utf-8\r\n"
            . "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    );
    return;
}

sub chunk ($client, $bytes) {
    return syswrite($client, sprintf("%x\r\n%s\r\n", length($bytes), $bytes));
}

sub DESTROY ($self) {
    local ($@, $!, $?);
    return if $self->{owner} != $$ || !$self->{pid};
    kill('TERM', -$self->{pid}, $self->{pid});
    waitpid($self->{pid}, 0);
    return;
}

1;
