use v5.36;

use File::Temp ();
use JSON::PP ();
use Test::More;

use PveModules;
use PVE::Fail2ban::Definitions;

my $folder = File::Temp->newdir();
my $path = "$folder/api.json";

sub store ($text) {
    open(my $file, '>:raw', $path) or die $!;
    print $file $text;
    close($file);
}

sub call (%other) {
    return {
        name => 'index',
        method => 'GET',
        path => '/',
        description => 'Index.',
        permission => 'audit',
        index => 1,
        protected => 1,
        proxyto => 'node',
        task => 'no',
        parameters => { type => 'object', additionalProperties => 0, properties => {} },
        returns => { type => 'array', items => { type => 'object' } },
        %other,
    };
}

sub outcome_of (@calls) {
    store(JSON::PP->new->utf8->encode(\@calls));
    return eval { PVE::Fail2ban::Definitions::read_file($path) } // $@;
}

is(scalar(outcome_of(call(), call(name => 'a', path => '/jails'))->@*), 2, 'reads all calls');

my %wrong = (
    'is empty' => sub { store('') },
    'is cut short' => sub { store('[{"name":"index"') },
    'is no list' => sub { store('{}') },
    'is an empty list' => sub { store('[]') },
    'is no JSON' => sub { store("<html>\n\x80</html>") },
    'is missing' => sub { unlink($path) },
    'is a folder' => sub { unlink($path); mkdir($path) },
);
for my $how (sort keys %wrong) {
    $wrong{$how}->();
    my $good = eval { PVE::Fail2ban::Definitions::read_file($path); 1 };
    ok(!$good, "dies when the file $how");
    like($@, qr/\A\Q$path\E: [\x20-\x7e]+\n\z/, "says so in one line that names the file: $how");
    rmdir($path);
}

my %bad = (
    'is no object' => 'text',
    'has no name' => call(name => undef),
    'has a name that Perl could not call' => call(name => 'a b'),
    'has a wrong method' => call(method => 'PATCH'),
    'has a path with a regex' => call(path => '/{jail:.*}'),
    'has a path that climbs' => call(path => '/../access'),
    'has a path with a line break at its end' => call(path => "/jails\n"),
    'has an unknown permission' => call(permission => 'all'),
    'has an empty permission' => call(permission => ''),
    'has a permission with an empty part' => call(permission => 'audit+'),
    'is an index of another kind' => call(index => 'yes'),
    'is an index by half' => call(index => undef),
    'is an index that changes something' => call(method => 'POST'),
    'has a wrong task' => call(task => 'perhaps'),
    'has no parameters' => call(parameters => undef),
    'lets unknown parameters through' =>
        call(parameters => { additionalProperties => 1, properties => {} }),
    'does not say whether it does' => call(parameters => { properties => {} }),
    'lacks a parameter of its path' => call(path => '/jails/{jail}'),
    'has a pattern that Perl cannot compile' => call(
        parameters => { additionalProperties => 0, properties => { a => { pattern => '(' } } }
    ),
);
for my $how (sort keys %bad) {
    like(outcome_of(call(), $bad{$how}), qr/call 1/, "refuses a call that $how");
}
like(outcome_of(call(path => '/jails')), qr/index is missing/, 'refuses a list without an index');

{
    my $all = [map { { path => $_ } }
            qw(/ /jails /jails/{jail} /jails/{jail}/preview /jails/{jail}/config /log)];
    my $below = sub ($of) { PVE::Fail2ban::Definitions::children($of, $all) };
    is_deeply($below->('/'), ['jails', 'log'], 'knows the names below the root');
    is_deeply($below->('/jails/{jail}'), ['config', 'preview'], 'and below an entry of a list');
    is_deeply($below->('/jails'), [], 'an entry itself has no fixed name');
}

sub privileges_of ($permission) {
    my $permissions = PVE::Fail2ban::Definitions::permissions(call(permission => $permission))
        // return 'root@pam';
    return $permissions->{check};
}

is_deeply(
    privileges_of('audit'),
    ['perm', '/nodes/{node}', ['Sys.Audit']],
    'asks Sys.Audit to read'
);
is_deeply(
    privileges_of('modify'),
    ['perm', '/nodes/{node}', ['Sys.Modify']],
    'asks Sys.Modify to change'
);
is_deeply(
    privileges_of('syslog'),
    ['perm', '/nodes/{node}', ['Sys.Syslog']],
    'asks Sys.Syslog for logs'
);
is_deeply(
    privileges_of('modify+syslog'),
    ['perm', '/nodes/{node}', ['Sys.Modify', 'Sys.Syslog']],
    'asks for all privileges that a call names'
);
is(privileges_of('root'), 'root@pam',
    'leaves calls of root without a check, which makes them root@pam only');
is(privileges_of('audit+root'), 'root@pam', 'takes root for stronger than what else is named');

done_testing();
