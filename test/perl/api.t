use v5.36;

use File::Temp ();
use JSON::PP ();
use Test::More;

use FakeHelper;
use PveModules;
use PVE::RPCEnvironment;

alarm(120);

# What the build made of src/contract.
my $path = "$PveModules::ROOT/dist/api.json";
BAIL_OUT("$path is missing; build it with: npm run build") if !-e $path;

{
    no warnings 'once';
    $PVE::API2::Fail2ban::DEFINITIONS = $path;
}
require PVE::API2::Fail2ban;
require PVE::API2::Cluster::Fail2ban;

my $class = PVE::API2::Fail2ban::mountable();
is($class, 'PVE::API2::Fail2ban', 'can mount what the build wrote');

open(my $file, '<:raw', $path) or die $!;
my $all = JSON::PP->new->utf8->decode(join('', <$file>));

my $rpcenv = PVE::RPCEnvironment->init('priv');
$rpcenv->set_user('root@pam');

for my $call ($all->@*) {
    my $name = "$call->{method} $call->{path}";
    my $param = {};
    my ($handler, $info) =
        $class->find_handler($call->{method}, $call->{path} =~ s/[{}]//gr, $param);
    is($info->{name} // '', $call->{name}, "$name: is found");
    is_deeply(
        $param,
        { map { $_ => $_ } $call->{path} =~ m/\{(\w+)\}/g },
        "$name: has the parameters of its path"
    );
    is($info->{protected}, 1, "$name: runs in pvedaemon");
    is($info->{proxyto}, 'node', "$name: runs on the node that it names");
    my $check = $info->{permissions} ? $info->{permissions}->{check}->[2] : ['root'];
    my @words = map { s/Sys\.(\w+)/lc($1)/er } $check->@*;
    is(join('+', @words), $call->{permission}, "$name: asks for the permission of the contract");
    ok(exists($info->{parameters}->{properties}->{node}), "$name: takes the node");
    ok(!$info->{parameters}->{additionalProperties}, "$name: takes nothing else");
}
is($class->find_handler('GET', 'nothing', {}), undef, 'finds nothing else');

{
    my ($handler, $info) = $class->find_handler('GET', '', {});
    my $index = $handler->handle($info, { node => 'pve1' });
    ok((grep { $_->{name} eq 'jails' } $index->@*), 'lists its folders without the helper');
    is($info->{returns}->{links}->[0]->{href}, '{name}', 'and links to them');
    (undef, $info) = $class->find_handler('GET', 'jails', {});
    is($info->{returns}->{links}->[0]->{href}, '{jail}', 'links from a list to its entries');
}

# What `pvesh ls` shows of a folder: the index lists what is below, a list links to its entries.
sub children ($way) {
    my $param = { node => 'pve1' };
    my ($handler, $info) = $class->find_handler('GET', $way, $param);
    return '' if !$info;
    my $href = $info->{returns}->{links}->[0]->{href} // '';
    return $href if $info->{name} !~ m/index\z/;
    is($href, '{name}', "$way: an index links to what it lists");
    return join(' ', map { $_->{name} } $handler->handle($info, $param)->@*);
}
is(children('jails/sshd'), 'config effective preview', 'lists what is below a jail');
is(children('changes/7'), 'confirm revert status', 'and below a change');
for my $call ($all->@*) {
    my ($folder, $last) = $call->{path} =~ m!\A/?(.*?)/([^/]+)\z! or next;
    my $shown = children($folder =~ s/[{}]//gr);
    my @names = split(/ /, $shown);
    ok((grep { $_ eq $last } @names), "$call->{path}: `pvesh ls` shows it in its folder")
        or diag("'$folder' shows '$shown'");
}
{
    my $fake = FakeHelper->start(
        sub ($client, $request) { FakeHelper::json($client, 200, { data => 'ok' }) });
    no warnings 'once';
    $PVE::Fail2ban::Helper::SOCKET = "$fake->{socket}";
    $PVE::Fail2ban::Slot::FOLDER = $fake->folder;
    my $param = { node => 'pve1', bantime => '10m' };
    my ($handler, $info) = $class->find_handler('PUT', 'jails/sshd', $param);
    is($handler->handle($info, $param), 'ok', 'answers a call by the helper');
    is(($fake->requests)[0]->{target}, '/jails/sshd', 'with its path');
    ok(!eval { $handler->handle($info, { node => 'pve1', jail => 'sshd', nonsense => 1 }) },
        'refuses what it does not know');
    is($@->{code}, 400, 'as a fault of the caller');
    ok($@->{errors}->{nonsense}, 'and names it');
}
{
    my ($handler, $info) = PVE::API2::Cluster::Fail2ban->find_handler('GET', 'client', {});
    $rpcenv->set_client_ip('::ffff:192.0.2.7');
    is($handler->handle($info, {}), '192.0.2.7', "answers the caller's address");
    ok(!$info->{protected} && !$info->{proxyto}, 'from the process that knows it');
    is_deeply($info->{permissions}, { user => 'all' }, 'to everybody who is logged in');
}
if ($PveModules::UPSTREAM) {
    for my $info (
        PVE::API2::Fail2ban->method_attributes()->@*,
        PVE::API2::Cluster::Fail2ban->method_attributes()->@*
        )
    {
        ok(
            eval { PVE::JSONSchema::validate_method_info($info); 1 },
            "PVE finds $info->{method} $info->{path} proper"
        ) or diag($@);
    }
}

done_testing();
