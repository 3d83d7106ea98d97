use v5.36;
use utf8;

use File::Temp ();
use JSON::PP ();
use Test::More;

use FakeHelper;
use PveModules;
use PVE::Fail2ban::Call;
use PVE::RPCEnvironment;

alarm(120);
$PVE::Fail2ban::Call::SECONDS = { read => 0.3, probe => 0.2, write => 0.3, test => 0.3 };

my $rpcenv = PVE::RPCEnvironment->init('priv');
$rpcenv->set_user('admin@pve!backup');
$rpcenv->set_client_ip('::ffff:192.0.2.7');

sub definition ($method, $path) { return { method => $method, path => $path, task => 'no' } }

# Calls through a fake helper; answers the data, or the exception.
sub outcome_of ($fake, $definition, $param = {}) {
    $PVE::Fail2ban::Helper::SOCKET = "$fake->{socket}";
    $PVE::Fail2ban::Slot::FOLDER = ref($fake) eq 'HASH' ? '/nonexistent' : $fake->folder;
    my $data = eval { PVE::Fail2ban::Call::answer($definition, { node => 'pve1', $param->%* }) };
    return $@ ? $@ : $data;
}

sub answering ($status, $value) {
    my $handler = sub ($client, $request) { FakeHelper::json($client, $status, $value) };
    return FakeHelper->start($handler);
}

{
    my $fake = answering(200, { data => [{ ip => '192.0.2.1' }], total => 50_000 });
    my $data = outcome_of(
        $fake,
        definition('GET', '/bans'),
        { search => 'a&b=c d+%/ü€', limit => 50, start => 0 }
    );
    is_deeply($data, [{ ip => '192.0.2.1' }], 'answers the data');
    is($rpcenv->get_result_attrib('total'), 50_000, 'tells the number of rows without paging');
    my ($request) = $fake->requests;
    is(
        $request->{target},
        '/bans?limit=50&search=a%26b%3Dc%20d%2B%25%2F%C3%BC%E2%82%AC&start=0',
        'sends the parameters of a GET in the query, as percent-encoded UTF-8, without the node'
    );
    is($request->{headers}->{'x-pve-user'}, 'admin@pve!backup', 'names the user with the token');
    is($request->{headers}->{'x-pve-client-ip'}, '192.0.2.7', 'hands on the address as IPv4');
}
{
    my $fake = answering(200, { data => undef });
    outcome_of(
        $fake,
        definition('DELETE', '/bans'),
        { ip => '192.0.2.1,2001:db8::1', all => 0, jail => undef }
    );
    my ($request) = $fake->requests;
    is(
        "$request->{method} $request->{target}",
        'DELETE /bans?all=0&ip=192.0.2.1%2C2001%3Adb8%3A%3A1',
        'sends the parameters of a DELETE in the query, and no undefined ones'
    );
    is($request->{body}, '', 'sends no body with a DELETE');
}
for my $method (qw(PUT POST)) {
    my $fake = answering(200, { data => { files => [] } });
    outcome_of(
        $fake,
        definition($method, '/jails/{jail}'),
        { jail => 'ä/../b?c#d', bantime => '10m', failregex => "ü\n", x => undef }
    );
    my ($request) = $fake->requests;
    is(
        $request->{target},
        '/jails/%C3%A4%2F..%2Fb%3Fc%23d',
        "$method: a parameter of the path cannot leave its place"
    );
    is($request->{headers}->{'content-type'}, 'application/json', "$method: sends JSON");
    is_deeply(
        JSON::PP->new->utf8->decode(Encode::encode('latin-1', $request->{body})),
        { bantime => '10m', failregex => "ü\n" },
        "$method: with what is not in the path"
    );
}
{
    my $fake = answering(200, { data => JSON::PP::true });
    is(ref(outcome_of($fake, definition('GET', '/x'))) =~ s/.*:://r,
        'Boolean', 'keeps JSON booleans as they are');
}
{
    my $fake =
        FakeHelper->start(sub ($client, $) { print $client "HTTP/1.1 204 No Content\r\n\r\n" });
    is(outcome_of($fake, definition('GET', '/x')), undef, 'answers nothing for a 204');
}

for my $granted (undef, 1) {
    my @asked;
    no warnings qw(redefine once);
    local *PVE::RPCEnvironment::check =
        sub ($self, @question) { push @asked, \@question; return $granted };
    my $fake = answering(200, { data => 1 });
    outcome_of($fake, definition('GET', '/bans/{ip}'), { ip => '2001:db8::1' });
    my ($request) = $fake->requests;
    is($request->{headers}->{'x-pve-syslog'},
        $granted, $granted ? 'tells who may see log lines' : 'and who may not');
    is_deeply(
        \@asked,
        [['admin@pve!backup', '/nodes/pve1', ['Sys.Syslog'], 1]],
        'as PVE says of this user on this node'
    );
    is($request->{target}, '/bans/2001%3Adb8%3A%3A1', 'encodes the address in the path');
}
{
    my $fake = answering(200, { data => 1 });
    outcome_of($fake, definition('POST', '/x'), { 'x-pve-syslog' => 1 });
    ok(!exists(($fake->requests)[0]->{headers}->{'x-pve-syslog'}), 'which no parameter can say');
}

$rpcenv->set_client_ip(undef);
{
    my $fake = answering(200, { data => 1 });
    outcome_of($fake, definition('GET', '/x'));
    ok(!exists(($fake->requests)[0]->{headers}->{'x-pve-client-ip'}),
        'sends no address when none is known');
}
my %address = (
    '192.0.2.1' => '192.0.2.1',
    '::ffff:192.0.2.1' => '192.0.2.1',
    '2001:db8::1' => '2001:db8::1',
    'fe80::1%vmbr0' => 'fe80::1',
    "192.0.2.1\r\nx-pve-user: root\@pam" => undef,
    'localhost' => undef,
    '' => undef,
);
for my $ip (sort keys %address) {
    $rpcenv->set_client_ip($ip);
    is(PVE::Fail2ban::Call::client_address(),
        $address{$ip}, 'reads the address ' . $ip =~ s/\s+/ /gr);
}
for my $user ("root\@pam\r\nx: y", '', "a b\@pve") {
    $rpcenv->set_user($user);
    my $fake = answering(200, { data => 1 });
    is(outcome_of($fake, definition('GET', '/x'))->{code},
        403, 'refuses a user that would break the header');
    is_deeply([$fake->requests], [], 'without asking');
}
$rpcenv->set_user('root@pam');

sub failed ($status, $error) {
    return outcome_of(answering($status, { error => $error }), definition('PUT', '/x'));
}

for my $status (400, 403, 404, 409, 500, 501, 503, 504, 507) {
    my $error = failed($status, { code => 'word', message => 'Why.' });
    is($error->{code}, $status, "keeps the status $status");
    is($error->{msg}, "Why.\n", 'and the message');
}
is(failed(401, { code => 'x', message => 'Log in.' })->{code},
    500, 'makes a 401 a 500: the panel would end the session');
{
    my $error = failed(
        400,
        {
            code => 'invalid',
            message => 'bantime: bad',
            errors => { bantime => 'schlecht: ü', x => [1] }
        }
    );
    is_deeply($error->{errors}, { bantime => 'schlecht: ü' }, 'hands on the messages by parameter');
    ok(!exists(failed(409, { code => 'x', message => 'y', errors => {} })->{errors}),
        'and none where there is none');
}
is(
    failed(500, { message => "a\r\nSet-Cookie: b\x00ü  c\n" })->{msg},
    "a Set-Cookie: b c\n",
    'makes a message one line of ASCII'
);
is(length(failed(500, { message => 'x' x 5000 })->{msg}), 501, 'bounds a message');
like(failed(500, { code => 'x' })->{msg}, qr/without a reason/, 'says so when there is no message');
like(failed(500, { message => { a => 1 } })->{msg}, qr/without a reason/, 'or none that is a text');

my %nonsense = (
    'no JSON' =>
        sub ($client, $) { print $client "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{\"a" },
    'an empty answer' =>
        sub ($client, $) { print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
    'a list' => sub ($client, $) { FakeHelper::json($client, 200, []) },
    'no data' => sub ($client, $) { FakeHelper::json($client, 200, { datum => 1 }) },
    'a redirect' => sub ($client, $) { FakeHelper::json($client, 302, { data => 1 }) },
    'an error without its record' =>
        sub ($client, $) { FakeHelper::json($client, 500, { error => 'x' }) },
    'an error page' => sub ($client, $) { print $client "HTTP/1.1 500 Oh\r\n\r\n<html>" },
);
for my $what (sort keys %nonsense) {
    is(outcome_of(FakeHelper->start($nonsense{$what}), definition('GET', '/x'))->{code},
        502, "answers 502 to $what");
}
is(outcome_of({ socket => '/nonexistent/helper.sock' }, definition('GET', '/x'))->{code},
    503, 'answers 503 when the helper is not there');

{
    my $fake = FakeHelper->start(sub ($client, $request) { sleep(60) });
    is(outcome_of($fake, definition('GET', '/x'))->{code}, 504, 'answers 504 when it hangs');
    is(outcome_of($fake, definition('GET', '/x'))->{code}, 503,
        'and refuses the next call at once');
    is(scalar(my @asked = $fake->requests), 1, 'without asking');
    local $PVE::Fail2ban::Slot::REST = 0;
    my $error = outcome_of($fake, definition('GET', '/x'));
    is($error->{code}, 504, 'but asks again a little later, as the slot is free');
    like($error->{msg}, qr/within 0\.2 s\.\n/, 'with less patience');
}

# Runs the call in a process of its own that waits for its helper.
sub hold ($fake, $definition) {
    my $pid = fork() // die $!;
    if (!$pid) {
        $PVE::Fail2ban::Call::SECONDS = { read => 60, write => 60, test => 60 };
        outcome_of($fake, $definition, { jail => 'sshd' });
        exec('true');
    }
    select(undef, undef, undef, 0.01) until $fake->requests;
    return $pid;
}

{
    my $fake = FakeHelper->start(sub ($client, $request) { sleep(60) });
    my $pid = hold($fake, definition('PUT', '/jails/{jail}'));
    my $error = outcome_of($fake, definition('DELETE', '/bans'));
    is($error->{code}, 409, 'refuses a second change at once');
    is(
        $error->{msg},
        "The pve-fail2ban helper is busy with root\@pam: PUT /jails/sshd; try again later.\n",
        'and names user and change'
    );
    is(outcome_of($fake, definition('GET', '/x'))->{code}, 504, 'but reads');
    kill('KILL', $pid);
    waitpid($pid, 0);
}
{
    local $PVE::Fail2ban::Call::PATIENCE = { read => 2, write => 0, test => 0.1, behind_test => 5 };
    my $fake = FakeHelper->start(
        sub ($client, $request) {
            select(undef, undef, undef, 1) if $request->{target} eq '/test';
            FakeHelper::json($client, 200, { data => $request->{target} });
        }
    );
    my $pid = hold($fake, definition('POST', '/test'));
    my $error = outcome_of($fake, definition('POST', '/test'));
    is($error->{code}, 503, 'refuses a second test');
    is(outcome_of($fake, definition('PUT', '/x')),
        '/x', 'but a change waits for the test before it');
    waitpid($pid, 0);
}
{
    local $PVE::Fail2ban::Call::PATIENCE =
        { read => 0.1, write => 0, test => 0.1, behind_test => 5 };
    my $fake = FakeHelper->start(
        sub ($client, $request) {
            select(undef, undef, undef, 1) if $request->{target} =~ m!/preview\z!;
            FakeHelper::json($client, 200, { data => $request->{target} });
        }
    );
    my $pid = hold($fake, definition('GET', '/jails/{jail}/preview'));
    is(outcome_of($fake, definition('GET', '/status')),
        '/status', 'reads beside a preview, which takes seconds');
    is(outcome_of($fake, definition('PUT', '/x')),
        '/x', 'and a change waits for the preview before it');
    waitpid($pid, 0);
}
{
    my $fake = FakeHelper->start(sub ($client, $request) { sleep(60) });
    my $pid = hold($fake, definition('PUT', '/x'));
    local $PVE::Fail2ban::Call::PATIENCE = { read => 2, write => 0, test => 0.1, behind_test => 5 };
    is(outcome_of($fake, definition('POST', '/test'))->{code}, 503,
        'a test does not pass a change');
    kill('KILL', $pid);
    waitpid($pid, 0);
}
{
    local $PVE::Fail2ban::Call::PATIENCE = { read => 0.1, write => 0 };
    my $fake = FakeHelper->start(sub ($client, $request) { sleep(60) });
    my $pid = hold($fake, definition('GET', '/status'));
    my $error = outcome_of($fake, definition('GET', '/bans'));
    is($error->{code}, 503, 'refuses to read when the reader before does not end');
    like($error->{msg}, qr/\AThe pve-fail2ban helper is busy with root\@pam: GET \/status;/,
        'and names it');
    is(outcome_of($fake, definition('PUT', '/x'))->{code}, 504, 'but lets a change through');
    kill('KILL', $pid);
    waitpid($pid, 0);
}
{
    my $fake = answering(400, { error => { message => 'no' } });
    outcome_of($fake, definition('PUT', '/x')) for 1 .. 2;
    is(outcome_of($fake, definition('PUT', '/x'))->{code},
        400, 'gives the slot back after a failure');
}

done_testing();
