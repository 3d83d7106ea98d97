package PVE::Fail2ban::Call;

# One call of the API: from PVE's parameters to the helper's request, and from its answer to PVE's.

use v5.36;

use JSON ();

use PVE::Exception qw(raise);
use PVE::RPCEnvironment;

use PVE::Fail2ban::Helper;
use PVE::Fail2ban::Slot;
use PVE::Fail2ban::Task;

# Seconds for the helper's answer. A worker of pvedaemon does nothing else meanwhile, and after 5 s it drops the
# connections that it accepted together with ours; a read stays below that. A probe is a read after one that had no
# answer. A test reads log lines for seconds: it changes nothing, and the helper ends it in time.
our $SECONDS;
$SECONDS //= { read => 4.5, probe => 1, write => 20, test => 12 };

# Seconds to wait for the slot; a change that is busy is refused at once, but not because of a test.
our $PATIENCE;
$PATIENCE //= { read => 2, write => 0, test => 2, behind_test => 8 };

# Longest reason phrase, and longest text about one parameter.
use constant {
    MESSAGE_LIMIT => 500,
    DETAIL_LIMIT => 16 * 1024,
};

# Dies with PVE's exceptions; answers the data, or the UPID of a task, as a property where the call may end without one.
sub answer ($definition, $param) {
    my $rpcenv = PVE::RPCEnvironment::get();
    my $user = $rpcenv->get_user();
    my $call = _request($definition, $param, $rpcenv);
    my $kind = _kind($definition);
    my $result = _in_slot(
        $kind,
        "$user: $call->{method} $call->{path}",
        sub ($limit) {
            return PVE::Fail2ban::Helper::ask({ $call->%*, seconds => $SECONDS->{$limit} });
        }
    );
    if (my $stream = $result->{stream}) {
        my ($type, $id) = PVE::Fail2ban::Task::name($definition->{path}, $param);
        my $upid = PVE::Fail2ban::Task::start($type, $id, $user, $stream);
        return $definition->{task} eq 'maybe' ? { upid => $upid } : $upid;
    }
    return _data($result, $rpcenv);
}

# read, write, or test: a call that reads log lines for seconds, and must not keep the others from being shown.
sub _kind ($definition) {
    my $name = "$definition->{method} $definition->{path}";
    return 'test' if $name eq 'POST /test' || $name eq 'GET /jails/{jail}/preview';
    return $definition->{method} eq 'GET' ? 'read' : 'write';
}

# The caller's address as far as this process knows it; undef if not.
sub client_address() {
    my $address = PVE::RPCEnvironment::get()->get_client_ip() // return undef;
    $address =~ s/\A::ffff:(?=\d+\.)//i;
    return $address =~ m/\A([0-9a-fA-F:.]{2,45})(?:%[\w.-]+)?\z/ ? $1 : undef;
}

sub _in_slot ($kind, $holder, $work) {
    # a slot of its own would let the helper hold up a third of pvedaemon's three workers
    my $name = $kind eq 'test' ? 'write' : $kind;
    my $slot = PVE::Fail2ban::Slot->take($name, $holder, $PATIENCE->{$kind});
    $slot = PVE::Fail2ban::Slot->take($name, $holder, $PATIENCE->{behind_test})
        if $kind eq 'write'
        && $slot
        && ($slot->busy // '') =~ m!: (?:POST /test|GET /jails/[^/]+/preview)\z!;
    # no folder: the helper's socket is not there either, which it says itself
    return $work->($kind) if !$slot;
    if (defined(my $other = $slot->busy)) {
        my $code = $kind eq 'write' ? 409 : 503;
        raise("The pve-fail2ban helper is busy with $other; try again later.\n", code => $code);
    }
    my $result = eval { $work->($kind eq 'read' && $slot->silent ? 'probe' : $kind) };
    my $error = $@;
    $slot->release(ref($error) && ($error->{code} // 0) == 504);
    die $error if !$result;
    return $result;
}

sub _request ($definition, $param, $rpcenv) {
    my $user = $rpcenv->get_user();
    # `?name` without a value comes as undef
    my $rest = { map { defined($param->{$_}) ? ($_ => $param->{$_}) : () } keys $param->%* };
    delete $rest->{node};
    my $path = $definition->{path} =~ s/\{([a-z0-9-]+)\}/_encode(delete $rest->{$1})/ger;
    raise("Unusable user name.\n", code => 403) if $user !~ m/\A[\x21-\x7e]{1,256}\z/;
    my $headers = { Accept => 'application/json', 'x-pve-user' => $user };
    # some answers hold log lines for those who may see them; PVE alone knows who
    $headers->{'x-pve-syslog'} = '1'
        if $rpcenv->check($user, "/nodes/$param->{node}", ['Sys.Syslog'], 1);
    my $address = client_address();
    $headers->{'x-pve-client-ip'} = $address if defined($address);
    my $call =
        { method => $definition->{method}, path => $path, target => $path, headers => $headers };
    if ($definition->{method} =~ m/\A(?:PUT|POST)\z/) {
        $headers->{'Content-Type'} = 'application/json';
        $call->{body} = JSON->new->utf8->canonical->encode($rest);
    } elsif ($rest->%*) {
        $call->{target} .= '?' . _query($rest);
    }
    return $call;
}

sub _query ($rest) {
    my @pairs;
    for my $name (sort keys $rest->%*) {
        my $value = $rest->{$name};
        push @pairs, _encode($name) . '=' . _encode($_)
            for ref($value) eq 'ARRAY' ? $value->@* : $value;
    }
    return join('&', @pairs);
}

# Percent-encoded UTF-8.
sub _encode ($text) {
    my $bytes = "$text";
    utf8::encode($bytes);
    return $bytes =~ s/([^A-Za-z0-9._~-])/sprintf('%%%02X', ord($1))/ger;
}

sub _data ($result, $rpcenv) {
    my $body = $result->{status} == 204 ? {} : eval { JSON->new->utf8->decode($result->{body}) };
    _refuse() if ref($body) ne 'HASH';
    if ($result->{status} >= 400) {
        _refuse() if ref($body->{error}) ne 'HASH';
        _raise_error($result->{status}, $body->{error}, $rpcenv);
    }
    _refuse() if $result->{status} >= 300 || ($result->{status} != 204 && !exists($body->{data}));
    $rpcenv->set_result_attrib('total', 0 + $1) if ($body->{total} // '') =~ m/\A(\d{1,15})\z/;
    return $body->{data};
}

sub _refuse() {
    raise("The pve-fail2ban helper sent no proper answer.\n", code => 502);
}

sub _raise_error ($status, $error, $rpcenv) {
    # the web interface takes a 401 for the end of the session
    my $code = $status == 401 ? 500 : $status;
    my $errors = ref($error->{errors}) eq 'HASH' ? { $error->{errors}->%* } : {};
    # for the web interface, which translates; a command prints all of them
    delete $errors->{messages} if ($rpcenv->{type} // '') eq 'cli';
    my $told = {};
    for my $name (keys $errors->%*) {
        next if ref($errors->{$name}) || !defined($errors->{$name});
        $told->{$name} = substr("$errors->{$name}", 0, DETAIL_LIMIT);
    }
    my $message = ref($error->{message}) ? '' : one_line($error->{message} // '');
    $message = 'The pve-fail2ban helper refused without a reason.' if $message eq '';
    raise("$message\n", code => $code, $told->%* ? (errors => $told) : ());
}

# The reason phrase of an HTTP answer: one line of printable ASCII.
sub one_line ($text) {
    my $line = "$text" =~ s/[^\x21-\x7e]+/ /gr =~ s/\A | \z//gr;
    return length($line) > MESSAGE_LIMIT ? substr($line, 0, MESSAGE_LIMIT - 3) . '...' : $line;
}

1;
