use v5.36;

use Test::More;

use PveModules;
use PVE::Fail2ban::HttpAnswer;

my $limit = 1000;

# Feeds the text in parts of the given length; answers the body or the reason of the failure.
sub body_of ($text, $part, $ended = 1) {
    my $answer = PVE::Fail2ban::HttpAnswer->new($limit);
    my $body = '';
    my $good = eval {
        for (my $at = 0; $at < length($text); $at += $part) {
            $answer->feed(substr($text, $at, $part));
            $body .= $answer->take_body();
        }
        $answer->end() if $ended;
        1;
    };
    return $good ? $body : $@;
}

my $counted =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world";
my $chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    . "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: a\r\n\r\n";
my $open = "HTTP/1.0 200 OK\r\n\r\nhello world";

for my $part (1, 2, 3, 7, 1000) {
    is(body_of($counted, $part), 'hello world', "reads a counted body in parts of $part");
    is(body_of($chunked, $part), 'hello world', "reads a chunked body in parts of $part");
    is(body_of($open, $part), 'hello world', "reads a body up to the end in parts of $part");
}

is(body_of("$counted and more", 1000), 'hello world', 'ignores what follows the body');
is(body_of("HTTP/1.1 204 No Content\r\n\r\n", 1000), '', 'knows that a 204 has no body');
is(body_of("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", 1000),
    '', 'takes a status without a reason');
is(body_of("HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 1000), 'ab', 'takes bare line feeds');

{
    my $answer = PVE::Fail2ban::HttpAnswer->new($limit);
    $answer->feed("HTTP/1.1 409 Conflict\r\nX-A: 1\r\nx-a:  2 \r\n");
    is($answer->status, undef, 'has no status before the head is complete');
    $answer->feed("\r\n");
    is($answer->status, 409, 'tells the status');
    is($answer->header('x-a'), '1, 2', 'joins a header that comes twice');
    is($answer->header('x-b'), '', 'answers the empty string for a header that is not there');
    ok(!$answer->complete, 'is not complete while the body is open');
}

my %cut = (
    'within the head' => substr($counted, 0, 30),
    'within a counted body' => substr($counted, 0, -1),
    'within a chunk' => substr($chunked, 0, 60),
    'before the last chunk' => $chunked =~ s/0\r\nTrailer.*//sr,
    'within the trailer' => substr($chunked, 0, -2),
    'before the first byte' => '',
);
is(body_of($cut{$_}, 1000), "cut short\n", "notices an end $_") for sort keys %cut;

my %malformed = (
    'no HTTP' => "SSH-2.0-OpenSSH\r\n\r\n",
    'an interim answer' => "HTTP/1.1 100 Continue\r\n\r\n",
    'HTTP/2' => "HTTP/2 200\r\n\r\n",
    'a header without a colon' => "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    'a folded header' => "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
    'a negative length' => "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    'two lengths' => "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    'a length and chunks' =>
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    'another coding' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    'a chunk without a size' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    'a chunk longer than it says' =>
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    'an endless head' => "HTTP/1.1 200 OK\r\n" . "A: b\r\n" x 5000,
    'a head that is too large' => "HTTP/1.1 200 OK\r\n" . "A: b\r\n" x 5000 . "\r\n",
    'an endless chunk line' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" . 'a' x 300,
);
is(body_of($malformed{$_}, 1000, 0), "malformed\n", "refuses $_") for sort keys %malformed;

my %large = (
    'a counted body, by its head alone' => "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
    'a chunked body' => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        . "64\r\n"
        . 'x' x 100
        . "\r\n" x 1,
    'a body up to the end' => "HTTP/1.1 200 OK\r\n\r\n" . 'x' x 1001,
);
$large{'a chunked body'} .= ("64\r\n" . 'x' x 100 . "\r\n") x 10;
is(body_of($large{$_}, 64, 0), "too large\n", "bounds $_") for sort keys %large;

{
    my $answer = PVE::Fail2ban::HttpAnswer->new($limit);
    $answer->feed("HTTP/1.1 200 OK\r\n\r\n");
    $answer->unlimit();
    $answer->feed('x' x 600) for 1 .. 3;
    is(length($answer->take_body()), 1800, 'has no bound for a stream');
}

done_testing();
