use v5.36;

use File::Temp ();
use Test::More;

use FakeHelper;
use PveModules;
use PVE::Fail2ban::Helper;

# nothing here may wait for ever
alarm(120);

# Asks a fake helper; answers its answer, or the status and message of the exception.
sub ask ($fake, %call) {
    $PVE::Fail2ban::Helper::SOCKET = "$fake->{socket}";
    my $answer = eval {
        PVE::Fail2ban::Helper::ask(
            { method => 'GET', target => '/status', headers => {}, seconds => 0.5, %call });
    };
    return $answer // { status => $@->{code}, message => $@->{msg} };
}

sub serve ($serve) { return FakeHelper->start($serve) }

# A helper that sends these bytes and closes.
sub sends (@parts) {
    return serve(sub ($client, $request) { syswrite($client, $_) for @parts });
}

my $silence = qr/\AThe pve-fail2ban helper did not answer within 0\.5 s\.\n\z/;
my $nonsense = qr/\AThe pve-fail2ban helper sent no proper answer\.\n\z/;
my $excess = qr/\AThe pve-fail2ban helper sent a larger answer than allowed\.\n\z/;

sub refused ($answer, $status, $message, $name) {
    is($answer->{status}, $status, "$name: $status");
    like($answer->{message}, $message, "$name: in one line");
    return;
}

{
    my $fake = serve(
        sub ($client, $request) { FakeHelper::json($client, 200, { data => $request->{target} }) });
    my $answer = ask($fake, target => '/jails?all=1', headers => { 'x-pve-user' => 'root@pam' });
    is($answer->{status}, 200, 'hands on the status');
    is($answer->{body}, '{"data":"/jails?all=1"}', 'hands on the body');
    ask($fake, method => 'PUT', target => '/jails/sshd', body => '{"a":"b"}');
    my ($get, $put) = $fake->requests;
    is($get->{headers}->{'x-pve-user'}, 'root@pam', 'sends headers');
    is($get->{headers}->{connection}, 'close', 'uses a connection once');
    ok(!exists($get->{headers}->{'content-length'}), 'sends no body with a GET');
    is("$put->{method} $put->{body}", 'PUT {"a":"b"}', 'sends a body');
}
{
    my $fake =
        serve(sub ($client, $request) { FakeHelper::json($client, 200, length($request->{body})) });
    is(ask($fake, method => 'PUT', body => 'x' x 500_000)->{body},
        '500000', 'sends a body larger than the socket takes');
}

my $folder = File::Temp->newdir();
refused(
    ask({ socket => "$folder/none" }),
    503, qr/\AThe pve-fail2ban helper does not answer\.\n\z/,
    'no socket'
);
{
    IO::Socket::UNIX->new(Local => "$folder/dead", Listen => 1) or die $!;
    refused(
        ask({ socket => "$folder/dead" }),
        503,
        qr/does not answer/,
        'a socket that a killed helper left'
    );
}
{
    my $fake = FakeHelper->deaf;
    my @queue = map { IO::Socket::UNIX->new(Peer => "$fake->{socket}") } 1 .. 2;
    refused(ask($fake), 504, $silence, 'a full queue of connections');
}
refused(ask(FakeHelper->deaf), 504, $silence, 'a helper that accepts nothing');
refused(
    ask(FakeHelper->deaf, method => 'PUT', body => 'x' x 4_000_000),
    504,
    qr/did not answer within 0\.5 s; the call may still have an effect\.\n\z/,
    'a helper that does not read'
);
refused(ask(serve(sub { sleep(60) })), 504, $silence, 'a helper that hangs');
refused(ask(serve(sub ($client, $) { syswrite($client, "HTTP/1.1 200 OK\r\n"); sleep(60) })),
    504, $silence, 'a helper that hangs within the head');
refused(
    ask(serve(
        sub ($client, $) {
            syswrite($client, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
            sleep(60);
        }
    )),
    504,
    $silence,
    'a helper that hangs within the body'
);
refused(
    ask(serve(
        sub ($client, $) {
            my $text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" . 'x' x 100;
            for my $byte (split(//, $text)) {
                syswrite($client, $byte) or last;
                select(undef, undef, undef, 0.02);
            }
        }
    )),
    504,
    $silence,
    'a helper that drips'
);
refused(ask(sends("SSH-2.0-OpenSSH_9.2\r\n\r\n")), 502, $nonsense, 'garbage');
refused(ask(sends(join('', map { chr(int(rand(256))) } 1 .. 40_000))),
    502, $nonsense, 'random bytes');
refused(ask(sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")),
    502, $nonsense, 'an answer cut short');
refused(ask(sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")),
    502, $nonsense, 'chunks cut short');
refused(ask(sends("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n", 'x' x 100_000)),
    502, $excess, '10 MB, announced');
refused(
    ask(
        serve(
            sub ($client, $) {
                syswrite($client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                FakeHelper::chunk($client, 'x' x 65536) or last for 1 .. 160;
            }
        ),
        seconds => 10
    ),
    502,
    $excess,
    '10 MB in chunks'
);
refused(
    ask(
        serve(
            sub ($client, $) {
                syswrite($client, "HTTP/1.1 200 OK\r\n\r\n");
                syswrite($client, 'x' x 65536) or last for 1 .. 160;
            }
        ),
        seconds => 10
    ),
    502,
    $excess,
    '10 MB without a length'
);
refused(ask(sends(), method => 'PUT'), 502, $nonsense, 'a connection closed at once');

{
    my $fake = serve(sub ($client, $request) { });
    ask($fake);
    is(scalar($fake->requests),
        2, 'asks a second time when a GET finds its connection closed without a byte');
}
{
    my $fake = serve(sub ($client, $request) { });
    ask($fake, method => 'PUT');
    is(scalar($fake->requests), 1, 'sends a change once only');
}
{
    my $fake = sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    ask($fake);
    is(scalar($fake->requests), 1, 'asks once when an answer is cut short');
}
{
    my $fake = serve(sub ($client, $request) { FakeHelper::json($client, 413, 1) });
    is(ask($fake, method => 'PUT', body => 'x')->{status}, 413, 'hands on a refusal');
}
{
    my $fake = serve(
        sub ($client, $request) {
            FakeHelper::stream_head($client);
            FakeHelper::chunk($client, qq({"line":"one"}\n));
            sleep(60);
        }
    );
    my $answer = ask($fake, method => 'POST', body => '{}');
    ok($answer->{stream}, 'answers a stream as soon as its head is there');
    is($answer->{status}, 200, 'with the status');
}

done_testing();
