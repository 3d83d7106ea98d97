package PVE::RPCEnvironment;

# Stand-in: who calls, and tasks whose log is a file of the folder that TASK_LOGS names.

use v5.36;

use POSIX ();

my $env;

sub init ($class, $type, %) { return $env = bless { type => $type }, $class }

sub get(@) { return $env // die "REST environment not initialized\n" }

sub set_user ($self, $user) { $self->{user} = $user; return }
sub get_user ($self, @) { return $self->{user} // die "user name not set\n" }
sub set_client_ip ($self, $address) { $self->{client_ip} = $address; return }
sub get_client_ip ($self) { return $self->{client_ip} }

sub set_result_attrib ($self, $name, $value) {
    $self->{result_attributes}->{$name} = $value;
    return;
}
sub get_result_attrib ($self, $name) { return $self->{result_attributes}->{$name} }

# root may do everything, nobody else anything; without $noerr a missing privilege is an exception.
sub check ($self, $user, $path, $privileges, $noerr = 0) {
    return 1 if $user eq 'root@pam';
    die "403 Permission check failed ($path, $privileges->[0])\n" if !$noerr;
    return undef;
}

sub fork_worker ($self, $type, $id, $user, $work) {
    die "bad task name\n" if "$type$id$user" =~ m![:\s/]! || $type eq '';
    pipe(my $ready, my $go) or die $!;
    my $pid = fork() // die $!;
    my $upid =
        sprintf('UPID:pve1:%08X:%08X:%08X:%s:%s:%s:', $pid || $$, 1, time(), $type, $id, $user);
    if ($pid) {
        close($go);
        my $line = <$ready>;
        return $upid;
    }
    POSIX::setsid();
    $SIG{INT} = $SIG{QUIT} = $SIG{TERM} = sub { die "received interrupt\n" };
    open(STDOUT, '>', "$ENV{TASK_LOGS}/$upid") or POSIX::_exit(9);
    STDOUT->autoflush(1);
    open(STDERR, '>&', \*STDOUT) or POSIX::_exit(9);
    close($ready);
    close($go);
    my $good = eval { $work->($upid); 1 };
    my $error = $good ? '' : $@ =~ s/\n(?=.)/ /gsr;
    print $good ? "TASK OK\n" : "TASK ERROR: $error";
    POSIX::_exit($good ? 0 : 1);
}

1;
