//! labelmesh-transcode
