use v5.36;

use File::Temp ();
use Test::More;

use PveModules;
use PVE::Fail2ban::Slot;

alarm(60);

my $folder = File::Temp->newdir();
chmod(0700, "$folder");
$PVE::Fail2ban::Slot::FOLDER = "$folder";

sub take ($name, $holder = 'root@pam: GET /status', $patience = 0) {
    return PVE::Fail2ban::Slot->take($name, $holder, $patience);
}

# A process that holds the slot; answers its pid once it does.
sub hold ($name, $holder, $seconds) {
    pipe(my $ready, my $tell) or die $!;
    my $pid = fork() // die $!;
    if (!$pid) {
        my $slot = take($name, $holder);
        syswrite($tell, "held\n");
        select(undef, undef, undef, $seconds);
        $slot->release();
        exec('true');
    }
    readline($ready);
    return $pid;
}

{
    my $slot = take('read');
    is($slot->busy, undef, 'is taken when nobody holds it');
    is((stat("$folder/read.slot"))[2] & 07777, 0600, 'is a file that others cannot open');
    my $other = take('write');
    is($other->busy, undef, 'is independent of the other slot');
    $_->release() for $slot, $other;
}
{
    my $pid = hold('write', 'admin@pve: PUT /jails/sshd', 30);
    is(take('write')->busy, 'admin@pve: PUT /jails/sshd', 'names its holder when it is busy');
    kill('KILL', $pid);
    waitpid($pid, 0);
    my $slot = take('write');
    is($slot->busy, undef, 'is free when its holder was killed');
    $slot->release();
}
{
    my $pid = hold('read', 'admin@pve: GET /bans', 0.2);
    my $slot = take('read', 'root@pam: GET /status', 10);
    is($slot->busy, undef, 'waits for a holder');
    $slot->release();
    waitpid($pid, 0);
}
{
    my $pid = hold('read', 'admin@pve: GET /bans', 30);
    is(take('read', 'me', 0.1)->busy, 'admin@pve: GET /bans', 'waits no longer than it is told');
    kill('KILL', $pid);
    waitpid($pid, 0);
}
{
    take('read', 'admin@pve: GET /log')->release(1);
    ok(!eval { take('read', 'me', 1000); 1 }, 'refuses who comes right after an unanswered call');
    is($@->{code}, 503, 'as the helper is away');
    $PVE::Fail2ban::Slot::REST = 0;
    my $pid = hold('read', 'admin@pve: GET /bans', 30);
    is(
        take('read', 'me', 1000)->busy,
        'admin@pve: GET /bans',
        'does not wait while the helper left a call unanswered'
    );
    kill('KILL', $pid);
    waitpid($pid, 0);
    take('read', 'me')->release(0);
    $pid = hold('read', 'admin@pve: GET /bans', 0.2);
    my $slot = take('read', 'me', 10);
    is($slot->busy, undef, 'waits again once the helper answered');
    $slot->release();
    waitpid($pid, 0);
}
{
    my $slot = take('read');
    my $pid = fork() // die $!;
    if (!$pid) {
        sleep(30);
        exec('true');
    }
    $slot->release();
    is(take('read')->busy, undef, 'is free after its release though a child still has the file');
    kill('KILL', $pid);
    waitpid($pid, 0);
}
{
    { my $slot = take('read') }
    is(take('read')->busy, undef, 'is free when it goes out of scope');
}
{
    open(my $file, '>', "$folder/read.slot") or die $!;
    print $file "\x00garbage\n" x 100;
    close($file);
    my $slot = take('read', "a\nb\x{2028}c");
    is($slot->busy, undef, 'takes no notice of a note that it cannot read');
    is(take('read')->busy, 'a?b?c', 'keeps its note on one line');
}
{
    open(my $target, '>', "$folder/target") or die $!;
    symlink("$folder/target", "$folder/link.slot") or die $!;
    ok(!eval { take('link'); 1 }, 'follows no symbolic link');
    is(-s "$folder/target", 0, 'and leaves its target alone');
}
{
    chmod(0777, "$folder");
    ok(!eval { take('read'); 1 }, 'refuses a folder that others may write to');
    like($@->{msg}, qr/not a folder of root's alone/, 'and says so');
    chmod(0700, "$folder");
}
$PVE::Fail2ban::Slot::FOLDER = "$folder/missing";
is(take('read'), undef, 'does nothing when the folder is not there');

done_testing();
