use v5.36;
use utf8;

use Encode ();
use File::Temp ();
use Test::More;

use FakeHelper;
use PveModules;
use PVE::Fail2ban::Call;
use PVE::Fail2ban::Task;
use PVE::RPCEnvironment;

alarm(120);

my $logs = File::Temp->newdir();
$ENV{TASK_LOGS} = "$logs";

# as in pvedaemon, where PVE looks after ended tasks in its event loop; else it does so in the middle of other work
AnyEvent::detect() if $PveModules::UPSTREAM;
my $rpcenv = PVE::RPCEnvironment->init('priv');
$rpcenv->set_user('root@pam');

sub start_task ($serve, $path = '/service', %param) {
    my $fake = FakeHelper->start($serve);
    $PVE::Fail2ban::Helper::SOCKET = "$fake->{socket}";
    $PVE::Fail2ban::Slot::FOLDER = $fake->folder;
    my $definition = { method => 'POST', path => $path, task => 'yes' };
    my $upid =
        PVE::Fail2ban::Call::answer($definition, { node => 'pve1', command => 'reload', %param });
    return ($fake, $upid);
}

sub log_of ($upid) {
    # PVE 9 has a module for this, PVE 8 a function
    my $decode = PVE::UPID->can('decode') // PVE::Tools->can('upid_decode');
    my $path = $decode ? ($decode->($upid))[1] : "$logs/$upid";
    open(my $file, '<:encoding(UTF-8)', $path) or return '';
    local $/ = undef;
    return <$file> // '';
}

# The log of the whole task.
sub finished_log ($upid) {
    select(undef, undef, undef, 0.02) until log_of($upid) =~ m/^TASK (?:OK|ERROR: .*)$/m;
    return log_of($upid);
}

sub run_task ($serve, @more) {
    my ($fake, $upid) = start_task($serve, @more);
    return finished_log($upid);
}

# A stream of these parts.
sub streams (@parts) {
    return sub ($client, $request) {
        FakeHelper::stream_head($client);
        FakeHelper::chunk($client, Encode::encode('UTF-8', $_)) for @parts;
        syswrite($client, "0\r\n\r\n");
    };
}

my $good = qq({"exit":{"ok":true}}\n);

is(
    run_task(streams(qq({"line":"one"}\n), qq({"line":"zwei ü"}\n), $good)),
    "one\nzwei ü\nTASK OK\n",
    'prints the lines and ends well'
);
is(
    run_task(streams(qq({"li), qq(ne":"one"}\n{"line":"two"}\n{"exi), qq(t":{"ok":true}}\n))),
    "one\ntwo\nTASK OK\n",
    'puts lines together whatever the parts'
);
like(
    run_task(streams(qq({"line":"one"}\n), qq({"exit":{"error":"jail sshd\\nfailed"}}\n))),
    qr/\Aone\n\n?TASK ERROR: jail sshd failed\n\z/,
    'fails with the error of the end'
);
like(
    run_task(streams(qq({"exit":{"error":"„sshd“ läuft nicht…"}}\n))),
    qr/TASK ERROR: „sshd“ läuft nicht…\n/,
    'prints the whole error, whatever its characters'
);
is(
    run_task(streams(qq({"line":"a\\u001b[31m\\rb\\u0000c\\nd\\te"}\n), $good)),
    "a [31m b c d\te\nTASK OK\n",
    'prints no control characters'
);
is(
    run_task(streams(qq({"line":"TASK OK"}\n), $good)),
    " TASK OK\nTASK OK\n",
    'prints no line that could pass for the result'
);
is(run_task(streams($good, qq({"line":"late"}\n))), "TASK OK\n", 'ignores what follows the end');

my $early = qr/TASK ERROR: The pve-fail2ban helper ended before it said how this went\./;
like(run_task(streams(qq({"line":"one"}\n))), $early,
    'fails when the stream ends without a result');
like(run_task(sub ($client, $request) { FakeHelper::stream_head($client) }),
    $early, 'fails when the helper dies');
my $nonsense = qr/TASK ERROR: The pve-fail2ban helper sent no proper answer\./;
like(run_task(streams("nonsense\n")), $nonsense, 'fails at a line that is no JSON');
like(run_task(streams("[]\n")), $nonsense, 'fails at a line that is no record');
like(run_task(streams('x' x 300_000)), $nonsense, 'fails at a line without an end');
{
    my $line = qq({"line":") . 'x' x 60_000 . qq("}\n);
    my $log = run_task(streams(($line) x 350, $good));
    ok(length($log) < 17 * 1024 * 1024, 'bounds the log');
    like(
        $log,
        qr/\n\.\.\. the rest is left out\nTASK OK\n\z/,
        'says so, and still learns the result'
    );
}
{
    local $PVE::Fail2ban::Task::IDLE = 0.2;
    like(
        run_task(sub ($client, $request) { FakeHelper::stream_head($client); sleep(60) }),
        qr/TASK ERROR: The pve-fail2ban helper has been silent for 0\.2 s\./,
        'fails when the helper falls silent'
    );
}
{
    local $PVE::Fail2ban::Call::SECONDS = { read => 0.2, write => 0.2 };
    is(
        run_task(
            sub ($client, $request) {
                FakeHelper::stream_head($client);
                for (1 .. 10) {
                    select(undef, undef, undef, 0.05);
                    FakeHelper::chunk($client, qq({"line":"$_"}\n));
                }
                FakeHelper::chunk($client, $good);
            }
        ),
        join('', map { "$_\n" } 1 .. 10) . "TASK OK\n",
        'has no deadline once it runs',
    );
}
{
    my ($fake, $upid) = start_task(
        sub ($client, $request) {
            FakeHelper::stream_head($client);
            FakeHelper::chunk($client, qq({"line":"one"}\n));
            # ends when the other side closes
            sysread($client, my $bytes, 1);
            open(my $mark, '>', "$logs/closed");
        }
    );
    select(undef, undef, undef, 0.02) until log_of($upid) =~ m/one/;
    my $slot = PVE::Fail2ban::Slot->take('write', 'me', 0);
    is($slot->busy, undef, 'holds no slot while it runs');
    $slot->release();
    my $pid = hex((split(/:/, $upid))[2]);
    kill('TERM', -$pid);
    like(finished_log($upid), qr/TASK ERROR: received interrupt/, 'can be stopped');
    select(undef, undef, undef, 0.02) until -e "$logs/closed";
    pass('and closes the connection then, which stops the run');
}
{
    my ($fake, $upid) = start_task(streams($good), '/service', command => 'restart');
    like(
        $upid,
        qr/\AUPID:[^:]+:\w+:\w+:\w+:f2brestart::root\@pam:\z/,
        'is named after the service command'
    );
    finished_log($upid);
}
my @names = (
    ['/jails/{jail}', { jail => 'sshd' }, 'f2bjail', 'sshd'],
    ['/jails', { jail => 'my jail' }, 'f2bjail', ''],
    ['/bans', { jail => 'a:b', ip => '2001:db8::/32' }, 'f2bunban', ''],
    ['/scan', {}, 'f2bscan', ''],
    ['/service', { command => "a b\n" }, 'f2bservice', ''],
    ['/service', { command => 'reload', jail => 'sshd' }, 'f2bjailreload', 'sshd'],
    ['/changes/{id}/revert', { id => '5' }, 'f2bchanges', ''],
);
for my $case (@names) {
    my ($path, $param, @name) = $case->@*;
    is_deeply([PVE::Fail2ban::Task::name($path, $param)],
        \@name, "is named by what a UPID takes: $path");
}
{
    my $fake = FakeHelper->start(
        sub ($client, $request) {
            FakeHelper::json($client, 409, { error => { code => 'x', message => 'Not now.' } });
        }
    );
    $PVE::Fail2ban::Helper::SOCKET = "$fake->{socket}";
    eval {
        PVE::Fail2ban::Call::answer(
            { method => 'POST', path => '/service', task => 'yes' },
            { node => 'pve1' },
        );
    };
    is($@->{code}, 409, 'is not started when the helper refuses');
}

done_testing();
