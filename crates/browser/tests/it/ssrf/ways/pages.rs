//! What markup and headers reach for.

use super::{NO_PINGS, NO_WINDOWS, NOT_ALL, NOT_GUESSED, Way, way};

pub(super) fn elements() -> Vec<Way> {
    vec![
        way("img", "<img src='{url}'>"),
        way("img-secure", "<img src='{secure}'>"),
        way("img-lazy", "<img loading=lazy src='{url}'>"),
        way("img-srcset", "<img srcset='{url} 1x'>"),
        way("picture", "<picture><source srcset='{url}'><img></picture>"),
        way("img-cors", "<img crossorigin src='{url}'>"),
        way("img-attribution", "<img attributionsrc='{url}'>").unsure("it reports no sales"),
        way("new-image", "<script>new Image().src = '{url}'</script>"),
        way("input-image", "<input type=image src='{url}'>"),
        way("body-background", "<body background='{url}'>"),
        way("table-background", "<table background='{url}'><tr><td>x</table>"),
        way("script", "<script src='{url}'></script>"),
        way("script-module", "<script type=module src='{url}'></script>"),
        way("video", "<video src='{url}' autoplay muted></video>"),
        way("video-source", "<video autoplay muted><source src='{url}' type='video/mp4'></video>"),
        way("video-poster", "<video poster='{url}'></video>"),
        way("audio", "<audio src='{url}' autoplay></audio>"),
        way("new-audio", "<script>new Audio('{url}').load()</script>"),
        way(
            "track",
            "<video crossorigin src='x.mp4'><track default src='{url}'></video>\
             <script>document.querySelector('track').track.mode = 'showing'</script>",
        ),
        way("object", "<object data='{url}'></object>"),
        way("object-typed", "<object type='image/png' data='{url}'></object>"),
        way("embed", "<embed src='{url}'>"),
        way("embed-pdf", "<embed type='application/pdf' src='{url}'>"),
        way("base", "<base href='{url}'><img src='beside'>"),
        way("a-ping", "<a ping='{url}' href='next.html'>x</a><script>document.querySelector('a').click()</script>")
            .with(&[("next.html", "next")])
            .unsure(NO_PINGS),
        way("a-click", "<a href='{url}'>x</a><script>document.querySelector('a').click()</script>"),
        way("a-click-blank", "<a target=_blank href='{url}'>x</a><script>document.querySelector('a').click()</script>")
            .unsure(NO_WINDOWS),
        way("a-download", "<a download href='{url}'>x</a><script>document.querySelector('a').click()</script>"),
        way("form-get", "<form action='{url}'></form><script>document.forms[0].submit()</script>"),
        way(
            "form-post",
            "<form method=post action='{url}'><input name=a value=b></form><script>document.forms[0].submit()</script>",
        ),
        way(
            "form-plain",
            "<form method=post enctype='text/plain' action='{url}'><input name=a></form>\
             <script>document.forms[0].submit()</script>",
        ),
        way(
            "formaction",
            "<form><button formaction='{url}'>x</button></form>\
             <script>document.querySelector('button').click()</script>",
        ),
    ]
}

pub(super) fn styles() -> Vec<Way> {
    vec![
        way("link-stylesheet", "<link rel=stylesheet href='{url}'>"),
        way("css-import", "<style>@import '{url}';</style>"),
        way("css-import-url", "<style>@import url({url}) screen;</style>"),
        way("css-import-nested", "<link rel=stylesheet href='a.css'>")
            .with(&[("a.css", "@import 'b.css';"), ("b.css", "@import '{url}';")]),
        way("css-background", "<p style='background: url({url})'>x"),
        way("css-image-set", "<p style='background: image-set(\"{url}\" 1x)'>x"),
        way("css-list-style", "<ul><li style='list-style-image: url({url})'>x</ul>"),
        way("css-content", "<style>p::before { content: url({url}) }</style><p>x"),
        way("css-cursor", "<body style='cursor: url({url}), auto'>x"),
        way("css-border-image", "<p style='border: 9px solid; border-image: url({url}) 9'>x"),
        way("css-mask", "<p style='mask-image: url({url})'>x"),
        way("css-filter", "<p style='filter: url({url}#f)'>x").unsure("filters of other origins are not asked for"),
        way("css-shape", "<p style='float: left; shape-outside: url({url})'>x"),
        way("css-font", "<style>@font-face { font-family: f; src: url({url}) } p { font-family: f }</style><p>x"),
        way("css-variable", "<style>:root { --u: url({url}) } p { background: var(--u) }</style><p>x"),
        way("font-face", "<script>new FontFace('f', 'url({url})').load().catch(() => {})</script>"),
    ]
}

pub(super) fn hints() -> Vec<Way> {
    vec![
        way("preload-image", "<link rel=preload as=image href='{url}'>"),
        way("preload-script", "<link rel=preload as=script href='{url}'>"),
        way("preload-font", "<link rel=preload as=font crossorigin href='{url}'>"),
        way("preload-fetch", "<link rel=preload as=fetch crossorigin href='{url}'>"),
        way("preload-srcset", "<link rel=preload as=image imagesrcset='{url} 1x'>"),
        way("preload-header", "x").headed(&[("Link", "<{url}>; rel=preload; as=image")]),
        way("modulepreload", "<link rel=modulepreload href='{url}'>"),
        way("prefetch", "<link rel=prefetch href='{url}'>"),
        way("preconnect", "<link rel=preconnect href='{url}'>").unsure(NOT_GUESSED),
        way("preconnect-secure", "<link rel=preconnect href='{secure}'>").unsure(NOT_GUESSED),
        way("preconnect-header", "x").headed(&[("Link", "<{url}>; rel=preconnect")]).unsure(NOT_GUESSED),
        way("dns-prefetch", "<link rel=dns-prefetch href='{url}'>").unsure("it connects to nobody"),
        way("prerender", "<link rel=prerender href='{url}'>").unsure(NOT_GUESSED),
        way(
            "speculation-prefetch",
            "<script type=speculationrules>{\"prefetch\": [{\"urls\": [\"{url}\"],\
             \"eagerness\": \"immediate\"}]}</script>",
        )
        .unsure(NOT_GUESSED),
        way(
            "speculation-prerender",
            "<script type=speculationrules>{\"prerender\": [{\"urls\": [\"{url}\"],\
             \"eagerness\": \"immediate\"}]}</script>",
        )
        .unsure(NOT_GUESSED),
        way("icon", "<link rel=icon href='{url}'>").unsure("a frame has no icon"),
        way("manifest", "<link rel=manifest href='{url}'>").unsure("nothing is installed"),
        way("dictionary", "<link rel=compression-dictionary href='{url}'>").unsure(NOT_ALL),
        way("early-stylesheet", "x")
            .headed(&[("Link", "<{url}>; rel=stylesheet")])
            .unsure("styles do not come by headers"),
    ]
}

pub(super) fn frames() -> Vec<Way> {
    vec![
        way("iframe", "<iframe src='{url}'></iframe>"),
        way("iframe-secure", "<iframe src='{secure}'></iframe>"),
        way("iframe-lazy", "<iframe loading=lazy src='{url}'></iframe>"),
        way("iframe-sandboxed", "<iframe sandbox src='{url}'></iframe>"),
        way("iframe-srcdoc", "<iframe srcdoc='<img src={url}>'></iframe>"),
        way(
            "iframe-blank",
            "<iframe></iframe><script>\
             const inner = frames[0].document; inner.write('<img src={url}>'); inner.close()</script>",
        ),
        way("iframe-javascript", "<iframe src=\"javascript:'<img src={url}>'\"></iframe>"),
        way("iframe-data", "<iframe src='data:text/html,<img src={url}>'></iframe>"),
        way(
            "iframe-data-fetch",
            "<iframe src='data:text/html,\
             <script>fetch(\"{url}\", {mode: \"no-cors\"})</script>'></iframe>",
        ),
        way(
            "iframe-blob",
            "<iframe></iframe><script>document.querySelector('iframe').src = URL.createObjectURL(new Blob(\
             ['<img src={url}><script>fetch(\"{url}\", {mode: \"no-cors\"})<' + '/script>'],\
             {type: 'text/html'}))</script>",
        ),
        way("frame", "<frameset><frame src='{url}'></frameset>"),
        way("iframe-nested", "<iframe src='a.html'></iframe>")
            .with(&[("a.html", "<iframe src='b.html'></iframe>"), ("b.html", "<img src='{url}'>")]),
        way(
            "fencedframe",
            "<fencedframe></fencedframe><script>\
             document.querySelector('fencedframe').config = new FencedFrameConfig('{url}')</script>",
        )
        .unsure("there are no fenced frames"),
        way("xml-stylesheet", "<iframe src='a.xml'></iframe>")
            .with(&[("a.xml", "<?xml version='1.0'?><?xml-stylesheet type='text/css' href='{url}'?><a>x</a>")]),
        way("xslt", "<iframe src='a.xml'></iframe>")
            .with(&[("a.xml", "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='{url}'?><a>x</a>")])
            .unsure("transformations are of one origin"),
        way("xml-entity", "<iframe src='a.xml'></iframe>")
            .with(&[("a.xml", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM '{url}'>]><a>&e;</a>")])
            .unsure("entities are not fetched"),
    ]
}

pub(super) fn vectors() -> Vec<Way> {
    vec![
        way("svg-image", "<svg><image href='{url}' width=9 height=9></svg>"),
        way("svg-image-xlink", "<svg><image xlink:href='{url}' width=9 height=9></svg>"),
        way("svg-use", "<svg><use href='{url}#a'></svg>").unsure("uses are of one origin"),
        way(
            "svg-feimage",
            "<svg><filter id=f><feImage href='{url}'/></filter><rect filter='url(#f)' width=9 height=9></svg>",
        ),
        way("svg-foreign", "<svg><foreignObject width=9 height=9><img src='{url}'></foreignObject></svg>"),
        way("svg-script", "<svg><script href='{url}'></script></svg>"),
        way("svg-style", "<svg><style>@import '{url}';</style></svg>"),
        way("svg-fill", "<svg><rect fill='url({url}#f)' width=9 height=9></svg>").unsure(NOT_ALL),
        way("svg-document", "<iframe src='a.svg'></iframe>").with(&[(
            "a.svg",
            "<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}' width='9' height='9'/></svg>",
        )]),
        way("svg-as-image", "<img src='a.svg'>")
            .with(&[(
                "a.svg",
                "<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}' width='9' height='9'/></svg>",
            )])
            .unsure("pictures fetch nothing"),
    ]
}

pub(super) fn reports() -> Vec<Way> {
    vec![
        way("csp-report", "<script>1</script>")
            .headed(&[("Content-Security-Policy", "script-src 'none'; report-uri {url}")]),
        way("csp-report-to", "<script>1</script>")
            .headed(&[
                ("Content-Security-Policy", "script-src 'none'; report-to x"),
                ("Reporting-Endpoints", "x=\"{url}\""),
            ])
            .unsure("reports are sent a minute later"),
        way("csp-report-only", "<script>1</script>")
            .headed(&[("Content-Security-Policy-Report-Only", "script-src 'none'; report-uri {url}")]),
        way("nel", "<img src='/missing'>")
            .headed(&[
                ("NEL", "{\"report_to\": \"x\", \"max_age\": 600, \"success_fraction\": 1}"),
                ("Report-To", "{\"group\": \"x\", \"max_age\": 600, \"endpoints\": [{\"url\": \"{url}\"}]}"),
            ])
            .unsure("reports are sent a minute later"),
        way("coop-report", "x")
            .headed(&[
                ("Cross-Origin-Opener-Policy-Report-Only", "same-origin; report-to=\"x\""),
                ("Reporting-Endpoints", "x=\"{url}\""),
            ])
            .unsure("reports are sent a minute later"),
        way("source-map", "<script src='a.js'></script>")
            .with(&[("a.js", "1\n//# sourceMappingURL={url}")])
            .unsure("nobody debugs"),
    ]
}
