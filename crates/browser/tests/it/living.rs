//! How a browser lives, dies and is replaced.

use std::path::Path;

use labelmesh_browser::{Browser, Config, Error};
use labelmesh_testkit::until;
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};
use procfs::process::{Process, all_processes};

use crate::site::{QUIET, Site, browser, config, soon, title};

/// The processes of a browser.
fn processes(group: i32) -> Vec<Process> {
    let all = all_processes().expect("the processes").flatten();
    all.filter(|process| process.stat().is_ok_and(|stat| stat.pgrp == group && stat.state != 'Z')).collect()
}

/// Those that run pages.
fn renderers(group: i32) -> Vec<Process> {
    let is_renderer = |process: &Process| arguments(process).contains("--type=renderer");
    processes(group).into_iter().filter(is_renderer).collect()
}

/// Chromium joins them.
fn arguments(process: &Process) -> String {
    process.cmdline().unwrap_or_default().join(" ")
}

async fn group(browser: &Browser) -> i32 {
    browser.process().await.expect("it runs")
}

#[tokio::test]
async fn a_browser_is_warm_for_the_next_job() {
    let Some(browser) = browser("a_browser_is_warm_for_the_next_job") else { return };
    let site = Site::start().await;
    assert_eq!(browser.process().await, None, "it starts with the first job");
    site.settled(&browser, "/plain").await;
    let first = group(&browser).await;
    site.settled(&browser, "/plain").await;
    assert_eq!(group(&browser).await, first);
    let version = browser.version().await.expect("it has one");
    assert!(version.contains("Chrome/"), "{version}");
}

#[tokio::test]
async fn contexts_end_with_their_pages() {
    let Some(browser) = browser("contexts_end_with_their_pages") else { return };
    let site = Site::start().await;
    let (one, two) = (site.visit(&browser, "/plain").await, site.visit(&browser, "/loops").await);
    assert_eq!(browser.jobs().await, Ok(2));
    assert_eq!(one.close().await, Ok(()));
    assert_eq!(browser.jobs().await, Ok(1));
    drop(two);
    until("the end of the context", async || (browser.jobs().await == Ok(0)).then_some(())).await;
}

#[tokio::test]
async fn a_job_that_is_given_up_while_it_opens_leaves_no_context() {
    let Some(browser) = browser("a_job_that_is_given_up_while_it_opens_leaves_no_context") else { return };
    let site = Site::start().await;
    browser.version().await.expect("it starts");
    for _ in 0..5 {
        tokio::select! {
            biased;
            _ = browser.open(site.job()) => panic!("nobody is that quick"),
            _ = browser.jobs() => {}
        }
    }
    until("the end of the contexts", async || (browser.jobs().await == Ok(0)).then_some(())).await;
}

#[tokio::test]
async fn pages_run_in_a_sandbox() {
    let Some(browser) = browser("pages_run_in_a_sandbox") else { return };
    let site = Site::start().await;
    let _page = site.settled(&browser, "/plain").await;
    let renderers = renderers(group(&browser).await);
    assert!(!renderers.is_empty());
    for renderer in renderers {
        let status = renderer.status().expect("its status");
        assert_eq!((status.seccomp, status.nonewprivs), (Some(2), Some(1)), "filters, and no way back");
        assert_ne!(status.euid, 0);
    }
}

#[tokio::test]
async fn a_page_that_crashes_is_told_and_the_next_job_works() {
    let Some(browser) = browser("a_page_that_crashes_is_told_and_the_next_job_works") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/plain").await;
    let first = group(&browser).await;
    for renderer in renderers(first) {
        kill(Pid::from_raw(renderer.pid()), Signal::SIGKILL).expect("it is there");
    }
    assert_eq!(page.evaluate("new Promise(() => {})", soon()).await, Err(Error::Crashed));
    assert_eq!(page.settle(QUIET, soon()).await, Err(Error::Crashed));
    drop(page);
    let page = site.settled(&browser, "/plain").await;
    assert_eq!((title(&page).await.as_str(), group(&browser).await), ("plain", first));
}

#[tokio::test]
async fn a_browser_that_dies_is_told_and_replaced() {
    let Some(browser) = browser("a_browser_that_dies_is_told_and_replaced") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/plain").await;
    let first = group(&browser).await;
    kill(Pid::from_raw(first), Signal::SIGKILL).expect("it is there");
    assert_eq!(page.evaluate("new Promise(() => {})", soon()).await, Err(Error::Lost));
    assert_eq!(page.settle(QUIET, soon()).await, Err(Error::Lost));
    let next = site.settled(&browser, "/plain").await;
    assert_ne!(group(&browser).await, first);
    // Pages of the one before have no say in this one.
    assert_eq!((page.close().await, title(&next).await.as_str()), (Err(Error::Lost), "plain"));
}

/// A browser that is stopped answers nothing. It takes as long as one is given.
#[tokio::test]
async fn a_browser_that_hangs_is_ended_and_replaced() {
    let Some(browser) = browser("a_browser_that_hangs_is_ended_and_replaced") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/plain").await;
    let first = group(&browser).await;
    killpg(Pid::from_raw(first), Signal::SIGSTOP).expect("it is there");
    assert_eq!(browser.open(site.job()).await.err(), Some(Error::Lost));
    assert_eq!(page.settle(QUIET, soon()).await, Err(Error::Lost));
    let next = site.settled(&browser, "/plain").await;
    assert_eq!(title(&next).await, "plain");
}

#[tokio::test]
async fn a_browser_is_replaced_by_count_and_by_memory_and_ends_with_its_last_job() {
    let Some(config) = config("a_browser_is_replaced_by_count_and_by_memory_and_ends_with_its_last_job") else {
        return;
    };
    let site = Site::start().await;
    let by_count = Browser::new(Config { max_jobs: 2, ..config.clone() }).expect("it can be run");
    let kept = site.settled(&by_count, "/plain").await;
    let first = group(&by_count).await;
    site.settled(&by_count, "/plain").await;
    site.settled(&by_count, "/plain").await;
    assert_ne!(group(&by_count).await, first);
    assert_eq!(title(&kept).await, "plain", "the old one has a job");
    drop(kept);
    until("the end of the old one", async || processes(first).is_empty().then_some(())).await;

    // Any browser has more, and none has twice as much.
    let by_memory = Browser::new(Config { max_memory: 150_000_000, ..config }).expect("it can be run");
    let page = site.settled(&by_memory, "/plain").await;
    let first = group(&by_memory).await;
    // With the end of a job its memory is looked at.
    let _ = page.close().await;
    site.settled(&by_memory, "/plain").await;
    assert_ne!(group(&by_memory).await, first);
}

#[tokio::test]
async fn nothing_is_left_of_a_browser() {
    let Some(browser) = browser("nothing_is_left_of_a_browser") else { return };
    let site = Site::start().await;
    let page = site.settled(&browser, "/plain").await;
    let group = group(&browser).await;
    let arguments = arguments(&Process::new(group).expect("it is there"));
    let profile = arguments.split(' ').find_map(|argument| argument.strip_prefix("--user-data-dir="));
    let home = Path::new(profile.expect("a profile")).parent().expect("its home");
    let folder = home.parent().expect("its folder").to_owned();
    assert!(home.join("profile").exists());
    assert_eq!(page.close().await, Ok(()));
    drop(browser);
    until("the end of the browser", async || (processes(group).is_empty() && !folder.exists()).then_some(())).await;
}
