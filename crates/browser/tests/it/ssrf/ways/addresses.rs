//! What a server may be called, and redirects to it.

use super::{NOT_FOR_PAGES, Way, way};

pub(super) fn schemes() -> Vec<Way> {
    let mut ways = vec![
        way("protocol-relative", "<img src='//{host}:{port}/protocol-relative'>"),
        way("scheme-in-capitals", "<img src='HTTP://{host}:{port}/scheme-in-capitals'>"),
        way("backslashes", "<img src='http:\\\\{host}:{port}\\backslashes'>"),
        way("tab-and-newline", "<img src='ht\ttp:/\n/{host}:{port}/tab'>"),
        way("user", "<iframe src='http://ada:secret@{host}:{port}/user'></iframe>").unsure("frames have no users"),
        way("user-in-img", "<img src='http://1.1.1.1:80@{host}:{port}/user-in-img'>").unsure("pictures have no users"),
    ];
    for scheme in [
        "file",
        "ftp",
        "gopher",
        "dict",
        "ldap",
        "tftp",
        "smb",
        "view-source:http",
        "chrome",
        "devtools",
        "jar:http",
        "filesystem:http",
    ] {
        let name = scheme.replace(':', "-");
        ways.push(
            way(format!("{name}-frame"), format!("<iframe src='{scheme}://{{host}}:{{port}}/{name}'></iframe>"))
                .unsure(NOT_FOR_PAGES),
        );
        ways.push(
            way(
                format!("{name}-location"),
                format!("<script>location = '{scheme}://{{host}}:{{port}}/{name}'</script>"),
            )
            .unsure(NOT_FOR_PAGES),
        );
        ways.push(
            way(format!("{name}-fetch"), format!("<script>fetch('{scheme}://{{host}}:{{port}}/{name}')</script>"))
                .unsure(NOT_FOR_PAGES),
        );
    }
    ways
}

pub(super) fn redirects() -> Vec<Way> {
    let kinds = [
        ("img", "<img src='{redirect}'>"),
        ("script", "<script src='{redirect}'></script>"),
        ("style", "<link rel=stylesheet href='{redirect}'>"),
        ("iframe", "<iframe src='{redirect}'></iframe>"),
        ("fetch", "<script>fetch('{redirect}', {mode: 'no-cors'})</script>"),
        ("xhr", "<script>const x = new XMLHttpRequest(); x.open('GET', '{redirect}'); x.send()</script>"),
        ("beacon", "<script>navigator.sendBeacon('{redirect}', 'x')</script>"),
        (
            "form",
            "<form method=post action='{redirect}'><input name=a></form><script>document.forms[0].submit()</script>",
        ),
        ("location", "<script>location = '{redirect}'</script>"),
        ("video", "<video src='{redirect}' autoplay muted></video>"),
    ];
    let mut ways = Vec::new();
    for code in ["301", "302", "303", "307", "308"] {
        for (kind, page) in kinds {
            ways.push(way(format!("{code}-{kind}"), page.replace("{redirect}", &format!("{{redirect:{code}}}"))));
        }
    }
    ways.push(way("redirect-event-source", "<script>new EventSource('{redirect:307}')</script>"));
    ways.push(way(
        "redirect-font",
        "<style>@font-face { font-family: f; src: url({redirect:302}) } p { font-family: f }</style><p>x",
    ));
    ways.push(way("redirect-import", "<script type=module>import './{redirect:302}'</script>"));
    ways.push(way("redirect-twice", "<img src='{redirect:302-301}'>"));
    ways
}

/// The internal server as other texts call it, and the one that may be reached by the same notation where it has one.
const NOTATIONS: [(&str, &str, &str); 32] = [
    ("short", "127.1", "127.3"),
    ("shorter", "127.0.1", "127.0.3"),
    ("number", "2130706433", "2130706435"),
    ("hexadecimal-number", "0x7f000001", "0x7f000003"),
    ("hexadecimal-capitals", "0X7F000001", "0X7F000003"),
    ("hexadecimal-short", "0x7f.1", "0x7f.3"),
    ("octal", "0177.0.0.1", "0177.0.0.3"),
    ("octal-number", "017700000001", "017700000003"),
    ("octal-padded", "00000177.0.0.01", "00000177.0.0.03"),
    ("mixed-bases", "0x7f.0.1", "0x7f.0.3"),
    ("dot", "127.0.0.1.", "127.0.0.3."),
    ("percent", "%3127.0.0.1", "%3127.0.0.3"),
    ("circled", "①②⑦.⓪.⓪.①", "①②⑦.⓪.⓪.③"),
    ("full-width", "１２７.0.0.1", "１２７.0.0.3"),
    ("full-stops", "127。0。0。1", "127。0。0。3"),
    ("zero", "0.0.0.0", "127.0.0.3"),
    ("zero-short", "0", "127.0.0.3"),
    ("loopback-other", "127.255.255.254", "127.0.0.3"),
    ("six", "[::1]", "127.0.0.3"),
    ("six-long", "[0:0:0:0:0:0:0:1]", "127.0.0.3"),
    ("six-unspecified", "[::]", "127.0.0.3"),
    ("six-mapped", "[::ffff:127.0.0.1]", "[::ffff:127.0.0.3]"),
    ("six-mapped-hexadecimal", "[::ffff:7f00:1]", "[::ffff:7f00:3]"),
    ("six-compatible", "[::127.0.0.1]", "127.0.0.3"),
    ("six-nat64", "[64:ff9b::127.0.0.1]", "127.0.0.3"),
    ("six-6to4", "[2002:7f00:1::]", "127.0.0.3"),
    ("localhost", "localhost", "outside.test"),
    ("localhost-dot", "localhost.", "outside.test."),
    ("localhost-capitals", "LOCALHOST", "OUTSIDE.test"),
    ("localhost-below", "a.localhost", "outside.test"),
    ("name", "127.0.0.1.inside.test", "127.0.0.3.outside.test"),
    ("name-of-six", "six.inside.test", "outside.test"),
];

/// Names that say this and that.
const NAMES: [(&str, &str, &str); 2] =
    [("name-of-both", "both.inside.test", "outside.test"), ("name-of-mapped", "mapped.inside.test", "outside.test")];

/// Those that are tried by a tunnel, too.
const SOCKETS_TO: [&str; 6] = ["number", "hexadecimal-short", "zero", "six", "six-mapped", "localhost"];

pub(super) fn notations() -> Vec<Way> {
    let mut ways = Vec::new();
    for (name, inside, outside) in NOTATIONS.into_iter().chain(NAMES) {
        ways.push(way(format!("{name}-img"), "<img src='{url}'>").at((inside, outside)));
        ways.push(way(format!("{name}-iframe"), "<iframe src='{url}'></iframe>").at((inside, outside)));
        // Chromium makes pages that fail at many sockets wait for the next.
        if SOCKETS_TO.contains(&name) {
            ways.push(way(format!("{name}-websocket"), "<script>new WebSocket('{ws}')</script>").at((inside, outside)));
        }
        ways.push(way(format!("{name}-redirect"), "<img src='{redirect:302}'>").at((inside, outside)));
    }
    ways
}
