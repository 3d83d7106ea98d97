package PVE::Service::pveproxy;

# Stand-in: the page of the web interface, and a console's.

use v5.36;

use HTTP::Response;

use PVE::API2;

sub get_index ($nodename, $server, $request, $args) {
    my $library = $args->{console} ? 'novnc.js' : 'pvemanagerlib.js?ver=1';
    my $language = $ENV{PAGE_LANGUAGE};
    my $locale =
        $language ? qq(<script src='/pve2/locale/pve-lang-$language.js?v=1'></script>) : '';
    return HTTP::Response->new(
        qq(<html>\n  <head>\n    $locale<script src="/pve2/js/$library"></script>\n\n  </head>\n  <body></body>\n</html>\n)
    );
}

1;
