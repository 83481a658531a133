//! Audit records: whatever comes, it ends in records or an error, and a log of one record gives what the record alone does.
#![no_main]

use ec2_register_image::wire::cloudtrail;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match cloudtrail::decode_record(bytes) {
        Ok(record) => {
            let _ = format!("{record:?}");
            assert!(record.request.is_some() || record.gaps.len() <= 1);
            let log = [b"{\"Records\":[", bytes, b"]}"].concat();
            assert_eq!(cloudtrail::decode_log(&log).unwrap(), [Ok(record)]);
        }
        Err(error) => drop(format!("{error} {error:?}")),
    }
    for record in cloudtrail::decode_log(bytes).into_iter().flatten() {
        let _ = format!("{record:?}");
    }
});
