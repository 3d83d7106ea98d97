package PVE::Fail2ban::Helper;

# One HTTP call over the helper's unix socket. No client library, because those at hand either need packages that
# PVE does not install or an event loop of their own, and none bounds time and size as a whole.

use v5.36;

use Errno qw(EAGAIN EINTR EPIPE ECONNRESET);
use Socket qw(AF_UNIX SOCK_STREAM SOCK_NONBLOCK SOCK_CLOEXEC MSG_NOSIGNAL pack_sockaddr_un);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

use PVE::Exception qw(raise);
use PVE::Fail2ban::HttpAnswer;

use constant {
    # PVE's daemons keep the memory of a large answer for good.
    BODY_LIMIT => 1536 * 1024,
    READ_SIZE => 64 * 1024,
    RETRY_PAUSE => 0.02,
};

# A constant because of taint mode; a test sets it before this module is loaded.
our $SOCKET;
$SOCKET //= '/run/pve-fail2ban/helper.sock';

sub _now() { return clock_gettime(CLOCK_MONOTONIC) }

# $call: method, target, headers (a hash), body (bytes or undef), seconds (for connecting, sending and receiving as
# a whole). Answers { status, body }, or, when the helper streams, { status, stream => { socket, answer } } as soon
# as the head is there. Raises 502, 503 or 504.
sub ask ($call) {
    my $deadline = _now() + $call->{seconds};
    # the helper may end its idle life just when we connect; systemd then starts the next
    my $answer = _try_once($call, $deadline, $call->{method} eq 'GET')
        // _try_once($call, $deadline, 0);
    return $answer;
}

# undef if the connection ended without a byte and $again is set.
sub _try_once ($call, $deadline, $again) {
    my $socket = _connect($call, $deadline);
    _send($socket, _request($call), $call, $deadline);
    my $answer = PVE::Fail2ban::HttpAnswer->new(BODY_LIMIT);
    my $received = 0;
    until ($answer->complete) {
        my $bytes = _receive($socket, $call, $deadline);
        return undef if $again && !$received && $bytes eq '';
        $received = 1;
        eval {
            $bytes eq '' ? $answer->end() : $answer->feed($bytes);
            1;
        } or _refuse($@);
        if ($answer->status && $answer->header('content-type') =~ m!\Aapplication/x-ndjson\b!) {
            $answer->unlimit();
            return {
                status => $answer->status,
                stream => { socket => $socket, answer => $answer }
            };
        }
    }
    return { status => $answer->status, body => $answer->take_body() };
}

sub _refuse ($reason) {
    my $what = $reason eq "too large\n" ? 'a larger answer than allowed' : 'no proper answer';
    raise("The pve-fail2ban helper sent $what.\n", code => 502);
}

sub _down() {
    raise("The pve-fail2ban helper does not answer.\n", code => 503);
}

sub _late ($call) {
    my $message = "The pve-fail2ban helper did not answer within $call->{seconds} s";
    $message .= '; the call may still have an effect' if $call->{method} ne 'GET';
    raise("$message.\n", code => 504);
}

sub _request ($call) {
    my $headers = { Host => 'localhost', Connection => 'close', $call->{headers}->%* };
    my $body = $call->{body} // '';
    $headers->{'Content-Length'} = length($body) if defined($call->{body});
    my $head = join('', map { "$_: $headers->{$_}\r\n" } sort keys $headers->%*);
    return "$call->{method} $call->{target} HTTP/1.1\r\n$head\r\n$body";
}

sub _connect ($call, $deadline) {
    socket(my $socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
        or raise("No socket: $!\n", code => 500);
    while (!connect($socket, pack_sockaddr_un($SOCKET))) {
        # EAGAIN: nobody has accepted the connections that wait already
        _down() if $! != EAGAIN && $! != EINTR;
        _late($call) if _now() + RETRY_PAUSE >= $deadline;
        sleep(RETRY_PAUSE);
    }
    return $socket;
}

sub _wait ($socket, $for_writing, $call, $deadline) {
    my $left = $deadline - _now();
    _late($call) if $left <= 0;
    my $set = '';
    vec($set, fileno($socket), 1) = 1;
    my ($read, $write) = $for_writing ? (undef, $set) : ($set, undef);
    select($read, $write, undef, $left);
    return;
}

sub _send ($socket, $bytes, $call, $deadline) {
    while ($bytes ne '') {
        my $sent = send($socket, $bytes, MSG_NOSIGNAL);
        if (defined($sent)) {
            substr($bytes, 0, $sent, '');
        } elsif ($! == EPIPE || $! == ECONNRESET) {
            # it may have answered without reading all
            return;
        } elsif ($! == EAGAIN || $! == EINTR) {
            _wait($socket, 1, $call, $deadline);
        } else {
            _down();
        }
    }
    return;
}

# The next bytes; the empty string at the end.
sub _receive ($socket, $call, $deadline) {
    my $bytes;
    while (1) {
        _wait($socket, 0, $call, $deadline);
        last if defined(sysread($socket, $bytes, READ_SIZE));
        return '' if $! == ECONNRESET;
        _down() if $! != EAGAIN && $! != EINTR;
    }
    return $bytes;
}

1;
