//! What asks for consent, and lies over pages.

/// Hides the banners of those who make them for many sites, and lets pages be scrolled that they hold. By the names
/// that these have in their public documentation, and by what most others call themselves.
pub(crate) const HIDDEN: &str = r#"
#onetrust-consent-sdk, #onetrust-banner-sdk, .onetrust-pc-dark-filter,
#CybotCookiebotDialog, #CybotCookiebotDialogBodyUnderlay, #CookiebotWidget,
#usercentrics-root, #usercentrics-cmp-ui,
#didomi-host, #didomi-popup,
.qc-cmp2-container, .qc-cmp-ui-container,
#truste-consent-track, .truste_overlay, .truste_box_overlay, #consent_blackbar,
#sp_message_container, [id^="sp_message_container_"],
.fc-consent-root, .fundingchoicesmessage,
#cmpbox, #cmpbox2, .cmpboxBG,
.iubenda-cs-container, #iubenda-cs-banner,
#cookiescript_injected, #cookiescript_injected_wrapper,
.cky-consent-container, .cky-overlay, .cky-modal,
#cmplz-cookiebanner-container, .cmplz-cookiebanner,
#BorlabsCookieBox, #cookie-law-info-bar, #moove_gdpr_cookie_info_bar, #catapult-cookie-bar,
.cc-window[role="dialog"], .cc-banner, #cc-main, .klaro, .osano-cm-window, .termly-styles-root, #axeptio_overlay,
#tarteaucitronRoot, .evidon-banner, #_evidon_banner, #ccc, #ccc-overlay, #cookieConsent, #cookie-consent,
#cookie-banner, #cookie-notice, #cookieNotice, #cookie-bar, #cookiebar, #gdpr-banner, #gdpr-consent,
.cookie-banner, .cookie-consent, .cookie-notice, .cookie-bar, .cookiebar, .gdpr-banner,
[aria-label="cookieconsent"], [aria-label="Cookie banner" i], [aria-label="Cookie consent" i] {
    display: none !important;
}
html:is(.didomi-popup-open, .sp-message-open, .qc-cmp-ui-showing, .show--consent),
body:is(.didomi-popup-open, .sp-message-open, .qc-cmp-ui-showing, .ot-overflow-hidden, .cookie-modal-open),
html:has(#onetrust-consent-sdk, #CybotCookiebotDialog, #usercentrics-root, .fc-consent-root, .klaro) body {
    overflow: visible !important;
    position: static !important;
}
"#;
