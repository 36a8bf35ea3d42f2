//! What Chromium is started with.

/// The command line, but for the folder of its profile.
///
/// Nothing leaves but through the proxy of a job: what has none meets a proxy that does not exist, names are looked up
/// by nobody but the proxy, loopback is no exception, and neither QUIC nor WebRTC sends datagrams.
pub(crate) const FLAGS: [&str; 34] = [
    "--headless",
    "--remote-debugging-pipe",
    // The network.
    "--proxy-server=http://none.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    // Older and newer versions call it so.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    // What it does by itself.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,\
     InterestFeedContentSuggestions,MediaRouter,OptimizationHints,\
     PreloadTopChromeWebUI,Translate",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-service-autorun",
    // What pages may not do.
    "--deny-permission-prompts",
    "--disable-notifications",
    "--disable-print-preview",
    "--disable-speech-api",
    "--mute-audio",
    // Pictures are the same everywhere.
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    // Where it keeps things.
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--log-level=3",
];

/// What of our environment Chromium gets: how its starter finds its parts, and its language.
pub(crate) const ENVIRONMENT: [&str; 8] =
    ["PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LANG", "LANGUAGE", "LC_ALL", "TZ"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_is_never_off() {
        assert!(!FLAGS.iter().any(|flag| flag.contains("sandbox") || flag.contains("disable-web-security")));
    }
}
