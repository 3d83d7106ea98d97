package PVE::Fail2ban::Slot;

# A slot lets one call at a time through to the helper, over all of PVE's processes: pvedaemon has three workers by
# default, and a helper that hangs must not keep all of them waiting.

use v5.36;

use Fcntl qw(:flock :mode O_RDWR O_CREAT O_NOFOLLOW);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);

use PVE::Exception qw(raise);

use constant PAUSE => 0.01;

# Seconds in which a slot refuses everybody after a call that had no answer: whoever is next would wait in vain, too,
# and a worker that waits twice in a row loses the connections that it accepted meanwhile.
our $REST;
$REST //= 2;

# The socket's folder: root's alone, so that nobody else can hold a lock or plant a link. Tests set it before loading.
our $FOLDER;
$FOLDER //= '/run/pve-fail2ban';

sub _now() { return clock_gettime(CLOCK_MONOTONIC) }

# $name: read or write; $holder: user and call, told to those who find the slot busy; $patience: seconds to wait.
# A slot that has been held that long is not waited for, nor is one whose last call had no answer in time. undef if
# the folder is not there; then there is no helper either.
sub take ($class, $name, $holder, $patience) {
    my $file = _open("$FOLDER/$name.slot") // return undef;
    my $self = bless {}, $class;
    my $start = _now();
    while (!flock($file, LOCK_EX | LOCK_NB)) {
        my $note = _read_note($file);
        my $since = $note->{holder} && $note->{since} < $start ? $note->{since} : $start;
        return $self->_busy($note) if $note->{silent} || _now() - $since >= $patience;
        sleep(PAUSE);
    }
    my $note = _read_note($file);
    $self->{silent} = $note->{silent};
    raise("The pve-fail2ban helper did not answer the last call; try again in a moment.\n",
        code => 503)
        if $note->{silent} && _now() - $note->{since} < $REST;
    $self->{file} = $file;
    $self->_write_note($holder);
    return $self;
}

# A lock is also held by a child's copy of the file, hence the explicit unlock. $silent: the helper did not answer.
sub release ($self, $silent = 0) {
    my $file = delete $self->{file} // return;
    _put($file, sprintf("%.6f %d\n", _now(), $silent ? 1 : 0));
    flock($file, LOCK_UN);
    close($file);
    return;
}

sub DESTROY ($self) {
    local ($@, $!, $?);
    $self->release($self->{silent}) if $self->{file};
    return;
}

sub _open ($path) {
    my @folder = lstat($FOLDER) or return undef;
    raise("$FOLDER is not a folder of root's alone.\n", code => 500)
        if !S_ISDIR($folder[2]) || $folder[4] != $> || ($folder[2] & (S_IWGRP | S_IWOTH));
    sysopen(my $file, $path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600)
        or raise("Cannot open $path: $!\n", code => 500);
    return $file;
}

# What the holder wrote: since when (monotonic), whether the last call that ended had no answer, user and call; the
# last two are missing while nobody holds the slot. A note that cannot be read is an empty one.
sub _read_note ($file) {
    sysseek($file, 0, 0);
    sysread($file, my $text, 512);
    return {} if ($text // '') !~ m/\A(\d{1,12}(?:\.\d{1,6})?) ([01])(?: ([\x20-\x7e]{1,400}))?\n/;
    return { since => $1, silent => $2, holder => $3 };
}

sub _write_note ($self, $holder) {
    my $told = substr($holder =~ s/[^\x20-\x7e]+/?/gr, 0, 400);
    _put($self->{file}, sprintf("%.6f %d %s\n", _now(), $self->{silent} // 0, $told));
    return;
}

sub _put ($file, $text) {
    truncate($file, 0);
    sysseek($file, 0, 0);
    syswrite($file, $text);
    return;
}

# A busy slot, with whom it waits for as far as known.
sub _busy ($self, $note) {
    $self->{busy} = $note->{holder} // 'another call';
    return $self;
}

# User and call that hold the slot; undef if it is ours.
sub busy ($self) { return $self->{busy} }

# Whether the last call through this slot had no answer.
sub silent ($self) { return $self->{silent} }

1;
