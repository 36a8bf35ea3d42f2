//! What scripts reach for.

use super::{LATE, NO_DATAGRAMS, NO_WINDOWS, NOT_ALL, NOT_ASKED, Way, way};

/// Says to be a peer of the one that the server is.
const CANDIDATE: &str = "const p = new RTCPeerConnection(); p.setRemoteDescription({type: 'offer', sdp: [\
    'v=0', 'o=- 1 1 IN IP4 {host}', 's=-', 't=0 0',\
    'm=application {port} UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 {host}', 'a=ice-ufrag:abcd',\
    'a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=fingerprint:sha-256 ' + Array(32).fill('AA').join(':'),\
    'a=setup:actpass', 'a=mid:0', 'a=sctp-port:5000', 'a=candidate:1 1 udp 2122260223 {host} {port} typ host',\
    'a=candidate:2 1 tcp 1518280447 {host} {port} typ host tcptype passive', ''].join('\\r\\n')})\
    .then(() => p.createAnswer()).then(a => p.setLocalDescription(a))";

pub(super) fn scripts() -> Vec<Way> {
    let script = |name: &str, code: &str| way(name, format!("<script>{code}</script>"));
    vec![
        script("fetch-no-cors", "fetch('{url}', {mode: 'no-cors'})"),
        script("fetch-cors", "fetch('{url}')"),
        script("fetch-secure", "fetch('{secure}')"),
        script("fetch-keepalive", "fetch('{url}', {mode: 'no-cors', keepalive: true})"),
        script("fetch-post", "fetch('{url}', {method: 'POST', body: 'x', mode: 'no-cors'})"),
        script("fetch-preflight", "fetch('{url}', {method: 'PUT', headers: {'x-a': 'b'}})"),
        script("fetch-loopback", "fetch('{url}', {targetAddressSpace: 'loopback'})").unsure(NOT_ASKED),
        script("fetch-local", "fetch('{url}', {targetAddressSpace: 'local'})").unsure(NOT_ASKED),
        script("fetch-credentials", "fetch('{url}', {mode: 'no-cors', credentials: 'include', cache: 'reload'})"),
        script("fetch-later", "fetchLater('{url}', {activateAfter: 0})"),
        script("xhr", "const x = new XMLHttpRequest(); x.open('GET', '{url}'); x.send()"),
        script("xhr-synchronous", "const x = new XMLHttpRequest(); x.open('GET', '{url}', false); x.send()"),
        script("beacon", "navigator.sendBeacon('{url}', 'x')"),
        script("import", "import('{url}').catch(() => {})"),
        way(
            "import-map",
            "<script type=importmap>{\"imports\": {\"a\": \"{url}\"}}</script>\
             <script type=module>import 'a'</script>",
        ),
        way("import-json", "<script type=module>import x from '{url}' with {type: 'json'}</script>"),
        way("import-nested", "<script type=module src='a.js'></script>")
            .with(&[("a.js", "import './b.js'"), ("b.js", "import '{url}'")]),
        script("document-write", "document.write('<script src=\"{url}\"><' + '/script>')"),
        script("inner-html", "document.documentElement.innerHTML = '<img src=\"{url}\">'"),
        script("location", "location = '{url}'"),
        script("location-replace", "location.replace('{url}')"),
        script("navigation-api", "navigation.navigate('{url}')"),
        script("window-open", "window.open('{url}')").unsure(NO_WINDOWS),
        way("meta-refresh", "<meta http-equiv=refresh content='0; url={url}'>"),
        way("header-refresh", "x").headed(&[("Refresh", "0; url={url}")]),
        script(
            "payment",
            "new PaymentRequest([{supportedMethods: '{secure}'}],\
             {total: {label: 'x', amount: {currency: 'EUR', value: '1'}}}).canMakePayment()",
        )
        .unsure(NOT_ALL),
        script(
            "credentials",
            "navigator.credentials.get({identity: {providers:\
             [{configURL: '{secure}', clientId: '1'}]}})",
        )
        .unsure("no identity is asked for"),
    ]
}

pub(super) fn workers() -> Vec<Way> {
    vec![
        way("worker", "<script>new Worker('{url}')</script>").unsure("workers are of one origin"),
        way("worker-import-scripts", "<script>new Worker('w.js')</script>").with(&[("w.js", "importScripts('{url}')")]),
        way("worker-import", "<script>new Worker('w.js', {type: 'module'})</script>")
            .with(&[("w.js", "import '{url}'")]),
        way("worker-fetch", "<script>new Worker('w.js')</script>")
            .with(&[("w.js", "fetch('{url}', {mode: 'no-cors'})")]),
        way("worker-websocket", "<script>new Worker('w.js')</script>").with(&[("w.js", "new WebSocket('{ws}')")]),
        way("worker-blob", "<script>new Worker(URL.createObjectURL(new Blob(['importScripts(\"{url}\")'])))</script>"),
        way("worker-data", "<script>new Worker('data:text/javascript,fetch(\"{url}\", {mode: \"no-cors\"})')</script>"),
        way("shared-worker", "<script>new SharedWorker('w.js')</script>")
            .with(&[("w.js", "fetch('{url}', {mode: 'no-cors'})")]),
        way("service-worker", "<script>navigator.serviceWorker.register('{url}')</script>")
            .unsure("workers are of one origin"),
        way("service-worker-fetch", "<script>navigator.serviceWorker.register('w.js')</script>").with(&[(
            "w.js",
            "addEventListener('install', event => event.waitUntil(fetch('{url}', {mode: 'no-cors'})))",
        )]),
        way("service-worker-import", "<script>navigator.serviceWorker.register('w.js')</script>")
            .with(&[("w.js", "importScripts('{url}')")]),
        way("audio-worklet", "<script>new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule('{url}')</script>"),
        way("paint-worklet", "<script>CSS.paintWorklet.addModule('{url}')</script>"),
    ]
}

pub(super) fn sockets() -> Vec<Way> {
    let script = |name: &str, code: &str| way(name, format!("<script>{code}</script>"));
    let ice = |name: &str, server: &str| {
        let peer =
            format!("new RTCPeerConnection({{iceServers: [{{urls: '{server}', username: 'a', credential: 'b'}}]}})");
        script(
            name,
            &format!("const p = {peer}; p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o))"),
        )
    };
    vec![
        script("event-source", "new EventSource('{url}')"),
        script("websocket", "new WebSocket('{ws}')"),
        script("websocket-secure", "new WebSocket('{wss}')"),
        script("websocket-stream", "new WebSocketStream('{ws}')").unsure(NOT_ALL),
        script("webtransport", "new WebTransport('{secure}').ready.catch(() => {})").unsure(NO_DATAGRAMS),
        ice("stun", "stun:{host}:{port}").unsure(NO_DATAGRAMS),
        ice("turn", "turn:{host}:{port}").unsure(NO_DATAGRAMS),
        ice("turn-tcp", "turn:{host}:{port}?transport=tcp"),
        ice("turns", "turns:{host}:{port}?transport=tcp"),
        script("candidate", CANDIDATE).unsure(LATE),
    ]
}
