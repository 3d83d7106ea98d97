package PVE::Fail2ban::Task;

# A stream of the helper's as a PVE task: its lines are the task's log, its end is the task's end. Stopping the task
# closes the connection, which the helper takes as a wish to stop.

use v5.36;

use Encode ();
use JSON ();

use PVE::RPCEnvironment;

use constant {
    READ_SIZE => 64 * 1024,
    LINE_LIMIT => 256 * 1024,
    LOG_LIMIT => 16 * 1024 * 1024,
};

# Seconds without a line after which the helper counts as dead; a jail's start with many bans is silent for minutes.
our $IDLE;
$IDLE //= 1800;

# Starts the task and answers its UPID; the stream is the task's alone from here on.
sub start ($type, $id, $user, $stream) {
    my $upid = PVE::RPCEnvironment::get()->fork_worker($type, $id, $user, sub { _follow($stream) });
    close(delete $stream->{socket});
    return $upid;
}

# What PVE's task list calls the task: type and id, in the characters that a UPID takes.
sub name ($path, $param) {
    my $noun = $path =~ m!\A/(\w+)! ? $1 : 'task';
    my $id = ($param->{jail} // '') =~ m/\A([\w-]{1,64})\z/a ? $1 : '';
    if ($noun eq 'service' && ($param->{command} // '') =~ m/\A[a-z]+\z/) {
        return (defined($param->{jail}) ? "f2bjail$param->{command}" : "f2b$param->{command}", $id);
    }
    my $type = { bans => 'f2bunban', jails => 'f2bjail' }->{$noun} // "f2b$noun";
    return ($type, $id);
}

sub _follow ($stream) {
    my ($socket, $answer) = $stream->@{qw(socket answer)};
    my $text = '';
    my $printed = 0;
    my $end;
    while (1) {
        $text .= $answer->take_body();
        $end = _line($1, \$printed) while !$end && $text =~ s/\A([^\n]*)\n//;
        last if $end;
        die "The pve-fail2ban helper sent no proper answer.\n" if length($text) > LINE_LIMIT;
        die "The pve-fail2ban helper ended before it said how this went.\n" if $answer->complete;
        my $bytes = _receive($socket);
        eval {
            $bytes eq '' ? $answer->end() : $answer->feed($bytes);
            1;
        } or die "The pve-fail2ban helper ended before it said how this went.\n";
    }
    # PVE writes an error as bytes
    die Encode::encode('UTF-8', "$end->{error}\n") if defined($end->{error});
    return;
}

sub _receive ($socket) {
    my $bytes;
    while (1) {
        my $set = '';
        vec($set, fileno($socket), 1) = 1;
        my $ready = select($set, undef, undef, $IDLE);
        die "The pve-fail2ban helper has been silent for $IDLE s.\n" if $ready == 0;
        next if $ready < 0;
        last if defined(sysread($socket, $bytes, READ_SIZE));
        return '' if !$!{EAGAIN} && !$!{EINTR};
    }
    return $bytes;
}

# Prints a line; answers the record of the end if it is one: {} or { error }.
sub _line ($json, $printed) {
    my $record = eval { JSON->new->utf8->decode($json) };
    die "The pve-fail2ban helper sent no proper answer.\n" if ref($record) ne 'HASH';
    if (my $exit = $record->{exit}) {
        die "The pve-fail2ban helper sent no proper answer.\n" if ref($exit) ne 'HASH';
        return {} if $exit->{ok};
        return { error => _plain($exit->{error} // 'unknown error') };
    }
    my $line = _plain($record->{line} // '');
    # PVE takes such a last line for the task's result
    $line = " $line" if $line =~ m/\ATASK /;
    my $bytes = Encode::encode('UTF-8', "$line\n");
    my $before = $$printed;
    $$printed += length($bytes);
    if ($$printed <= LOG_LIMIT) {
        print $bytes;
    } elsif ($before <= LOG_LIMIT) {
        print "... the rest is left out\n";
    }
    return undef;
}

sub _plain ($text) {
    return "$text" =~ s/[\x00-\x08\x0a-\x1f\x7f-\x9f\x{2028}\x{2029}]+/ /gr;
}

1;
