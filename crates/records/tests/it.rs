//! Files as others write them, and files that are broken.

use labelmesh_records::{CONFIDENCE, Column, DECISION, ITEM, LABEL, Options, Reader, STATE, WORKER};
use proptest::prelude::*;

/// What a reader says of a file that comes in pieces of these sizes, over and over.
fn said(columns: &[Column], options: Options, file: &[u8], sizes: &[usize]) -> Vec<String> {
    let mut reader = Reader::new(columns, options);
    let mut said = Vec::new();
    let mut take = |read: Result<labelmesh_records::Row<'_>, labelmesh_records::Problem>| match read {
        Ok(row) => {
            let fields: Vec<_> = (0..columns.len()).map(|place| row.get(place).unwrap_or("-")).collect();
            said.push(format!("{}: {}", row.line, fields.join("|")));
        }
        Err(problem) => said.push(format!("{}! {}", problem.line, problem.fault)),
    };
    let mut rest = file;
    for &size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(size.min(rest.len()));
        reader.push(piece, &mut take);
        rest = after;
    }
    reader.finish(&mut take);
    said
}

/// What is said of a file of votes.
fn votes(file: &[u8]) -> Vec<String> {
    said(&[ITEM, WORKER, LABEL], Options::default(), file, &[file.len().max(1)])
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Files as they are, each with what is in it.
fn real_files() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    vec![
        (
            "Excel, \"CSV UTF-8\", where the comma is for decimals; the last row was emptied",
            b"\xef\xbb\xbfItem;Worker;Label;Note\r\n\xc3\x9cbung 1.png;ann;cat;\"a; b\"\r\n2.png; bob ;dog;\r\n;;;\r\n".to_vec(),
            vec!["2: Übung 1.png|ann|cat", "3: 2.png|bob|dog"],
        ),
        (
            "Excel, \"Unicode Text\"",
            utf16("\u{feff}image\tannotator\tanswer\r\n猫.png\tann\tcat\r\n\"a\nb\"\tbob\t\"say \"\"dog\"\"\"\r\n"),
            vec!["2: 猫.png|ann|cat", "3: a\nb|bob|say \"dog\""],
        ),
        (
            "Excel, told to say what separates",
            b"sep=;\r\nitem;worker;label\r\n1;2;3\r\n".to_vec(),
            vec!["3: 1|2|3"],
        ),
        (
            "Python, csv.writer with QUOTE_ALL",
            b"\"question\",\"worker\",\"answer\"\r\n\"1\",\"Lee, Ann\",\"a \"\"b\"\"\"\r\n\"2\",\"bob\",\"two\nlines\"\r\n\"3\",\"cyd\",\"c\"\r\n".to_vec(),
            vec!["2: 1|Lee, Ann|a \"b\"", "3: 2|bob|two\nlines", "5: 3|cyd|c"],
        ),
        (
            "pandas, to_csv with its index",
            b",task,performer,label\n0,t1,w1,1\n1,t1,w2,0\n".to_vec(),
            vec!["2: t1|w1|1", "3: t1|w2|0"],
        ),
        (
            "pandas, to_json(orient='records', lines=True) of a column that had gaps",
            b"{\"item\":1.0,\"worker\":\"w\\u00e9\",\"label\":true}\n{\"item\":null,\"worker\":\"w2\",\"label\":false}\n".to_vec(),
            vec!["1: 1|w\u{e9}|true", "2! item: is required"],
        ),
        (
            "labelmesh tasks votes --json",
            b"{\"label\":\"cat\",\"operator\":\"o1\",\"subtaskId\":\"s1\",\"surplus\":false,\"votedAt\":\"2026-11-28T20:00:00Z\"}\n".to_vec(),
            vec!["1: s1|o1|cat"],
        ),
        ("an old Macintosh", b"item,worker,label\r1,a,x\r2,b,y".to_vec(), vec!["2: 1|a|x", "3: 2|b|y"]),
    ]
}

#[test]
fn files_of_other_programs_are_read_as_they_are() {
    for (program, file, expected) in real_files() {
        assert_eq!(votes(&file), expected, "{program}");
    }
}

#[test]
fn what_is_no_file_of_records_is_named_for_what_it_is() {
    for (file, what) in [
        (&b""[..], "1! the file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "1! the file is empty"),
        (b"\n[\n {\"item\": 1}\n]\n", "2! the file is a JSON array"),
        (b"{\n  \"item\": 1,\n", "1! the file is JSON in which objects have several lines"),
        (b"<?xml version=\"1.0\"?>\n", "1! the file is XML"),
        (b"PK\x03\x04\x14\0\n\n", "1! the file is a spreadsheet or a ZIP archive"),
        (
            b"question;who;says\n1;2;3\n",
            "1! the header must name the columns worker, label; it names question,who,says",
        ),
        (b"item,\"worker,label\n1,2,3\n", "1! the header has a quote that is not closed"),
        (b"item,item,worker,label\n1,1,2,3\n", "1! the header names 'item' twice, in the columns 1 and 2"),
    ] {
        let said = votes(file);
        assert!(said.len() == 1 && said[0].starts_with(what), "{said:?} for {what}");
    }
}

#[test]
fn a_bad_line_is_named_and_spoils_nothing_but_itself() {
    let file =
        b"item,worker,label\r\n1,a\r\n\r\n2,b,\r\n3,\"open,c\r\n4,\"d\",d\r\n5,\"e\"e,e\r\n6,f,\xff\r\n7,g,g\r\n8,h,\"";
    let expected = [
        "2! 2 fields where the header has 3",
        "4! label: must not be empty",
        "5! a quote is not closed",
        "6: 4|d|d",
        "7! text stands behind a closing quote",
        "8! label: must be UTF-8",
        "9: 7|g|g",
        "10! a quote is not closed",
    ];
    assert_eq!(votes(file), expected);
    let file = b"{\"item\":1,\"worker\":2,\"label\":3}\n{\"item\":1,\"item\":2,\"worker\":2,\"label\":3}\nnothing\n";
    let expected =
        ["1: 1|2|3", "2! item: must not be given twice", "3! the line is not well-formed JSON: expected ident"];
    assert_eq!(votes(file), expected);
}

#[test]
fn an_open_quote_is_looked_for_no_further_than_a_record_may_be_long() {
    let lines: String = (3..300).map(|line| format!("{line},a,x\n")).collect();
    let said = votes(format!("item,worker,label\n2,\"a,x\n{lines}300,\"a\",x\n").as_bytes());
    assert_eq!((said.len(), said[0].as_str()), (299, "2! a quote is not closed"));
    assert!(said[1..].iter().zip(3..).all(|(said, line)| *said == format!("{line}: {line}|a|x")), "{said:?}");
    let short = Options { longest: 20, ..Options::default() };
    let file = b"item,worker,label\n2,\"a,x\n3,a,x\n4,a,x\n5,a,\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"\n6,a,x\n";
    let said = self::said(&[ITEM, WORKER, LABEL], short, file, &[7]);
    let expected =
        ["2! a quote is not closed", "3: 3|a|x", "4: 4|a|x", "5! the line has more than 20 bytes", "6: 6|a|x"];
    assert_eq!(said, expected);
}

#[test]
fn columns_and_delimiters_can_be_given() {
    let by = |item: Option<&str>, options: Options, file: &str| {
        let columns = [ITEM.called(item.map(str::to_owned)), WORKER, LABEL];
        said(&columns, options, file.as_bytes(), &[100])
    };
    let plain = Options::default();
    assert_eq!(by(Some("pic"), plain, "item,pic,worker,label\n1,2,3,4\n"), ["2: 2|3|4"]);
    let bare = Options { header: false, ..plain };
    assert_eq!(by(None, bare, "1\t2\t3\n4\t5\n"), ["1: 1|2|3", "2! 2 fields where the first line has 3"]);
    assert_eq!(by(Some("4"), bare, "1;2,0;3;4\n"), ["1: 4|2,0|3"]);
    assert_eq!(by(Some("pic"), bare, "1,2,3\n").len(), 1);
    let spaced = Options { delimiter: Some(b' '), ..plain };
    assert_eq!(by(None, spaced, "item worker label\n1 \"a b\" 3\n"), ["2: 1|a b|3"]);
}

#[test]
fn what_is_optional_may_be_missing() {
    let decisions = |file: &str| said(&[ITEM, LABEL, CONFIDENCE], Options::default(), file.as_bytes(), &[100]);
    assert_eq!(decisions("confidence,label,item\n,a,1\n0.5,b,2\n"), ["2: 1|a|-", "3: 2|b|0.5"]);
    assert_eq!(decisions("item,label\n1,a\n"), ["2: 1|a|-"]);
    let mut shares = Vec::new();
    let mut reader = Reader::new([ITEM, CONFIDENCE], Options::default());
    let file = b"item,confidence\n1, 0.5 \n2,\n3,much\n4,2\n5,NaN\n";
    reader.push(file, &mut |read| shares.push(read.expect("a row").share(1).map_err(|fault| fault.to_string())));
    reader.finish(&mut |_| {});
    let wrong = Err("confidence: must be a number from 0 to 1".to_owned());
    assert_eq!(shares, [Ok(Some(0.5)), Ok(None), wrong.clone(), wrong.clone(), wrong]);
}

/// A text that is likely to be one of the cases.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        "item,worker,label",
        "item;worker;label",
        "{\"item\":1,\"worker\":2,\"label\":\"x\"}",
        "a",
        "\"",
        "\"\"",
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        "é",
        "🐱",
        "\u{feff}",
        "1,2,3",
        "\"a\",b,\"c\"",
        "{",
        "[",
    ]);
    let text = prop::collection::vec(word, 0..40).prop_map(|words| words.concat());
    let begun = ("(\u{feff})?(item,worker,label\n)?", text).prop_map(|(begin, text)| format!("{begin}{text}"));
    (begun, any::<bool>(), any::<Option<u8>>()).prop_map(|(text, wide, broken)| {
        let mut file = if wide { utf16(&format!("\u{feff}{text}")) } else { text.into_bytes() };
        file.extend(broken);
        file
    })
}

proptest! {
    #[test]
    fn wherever_a_file_is_cut_the_same_is_read(file in any_file(), sizes in prop::collection::vec(1usize..9, 1..6)) {
        let short = Options { longest: 40, ..Options::default() };
        for options in [Options::default(), short] {
            let columns = [ITEM, WORKER, LABEL];
            let whole = said(&columns, options, &file, &[file.len().max(1)]);
            prop_assert_eq!(&said(&columns, options, &file, &sizes), &whole);
            prop_assert_eq!(&said(&columns, options, &file, &[1]), &whole);
        }
    }

    #[test]
    fn what_others_write_is_read_alike(rows in prop::collection::vec(["[a,; \"\n]{0,6}x", "[a,\"]{0,6}x", "x[a,\n]{0,6}x"], 1..8)) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(["item", "worker", "label"]).expect("memory");
        for row in &rows {
            writer.write_record(row.as_slice()).expect("memory");
        }
        let said = votes(&writer.into_inner().expect("memory"));
        prop_assert_eq!(said.len(), rows.len());
        for (said, row) in said.iter().zip(&rows) {
            let fields: Vec<_> = row.iter().map(|field| field.trim()).collect();
            let (_, read) = said.split_once(": ").expect("a row");
            prop_assert_eq!(read, fields.join("|"));
        }
    }
}

/// What is said of a file of decisions: the label, "open", or what is wrong.
fn decisions(file: &str) -> Vec<String> {
    let mut said = Vec::new();
    let mut reader = Reader::new([ITEM, DECISION, STATE], Options::default());
    let mut take = |read: Result<labelmesh_records::Row<'_>, labelmesh_records::Problem>| match read {
        Ok(row) => said.push(match row.decision(1, 2) {
            Ok(label) => label.unwrap_or("open").to_owned(),
            Err(fault) => fault.to_string(),
        }),
        Err(problem) => said.push(problem.fault.to_string()),
    };
    reader.push(file.as_bytes(), &mut take);
    reader.finish(&mut take);
    said
}

#[test]
fn an_image_that_is_open_still_is_no_mistake_in_our_own_exports() {
    let empty = "label: must not be empty";
    let csv =
        "image_id,name,state,label\n1,a.png,decided,cat\n2,b.png,pending,\n3,c.png,undecided,\n4,d.png,decided,\n";
    assert_eq!(decisions(csv), ["cat", "open", "open", empty]);
    let lines = "{\"imageId\":\"1\",\"state\":\"RESULT_STATE_DECIDED\",\"label\":\"cat\"}\n\
                 {\"imageId\":\"2\",\"state\":\"RESULT_STATE_PENDING\"}\n{\"imageId\":\"3\",\"label\":\"\"}\n";
    assert_eq!(decisions(lines), ["cat", "open", empty]);
    assert_eq!(decisions("item,label\n1,\n"), [empty]);
    assert_eq!(decisions("item,state\n1,pending\n"), ["the header must name the column label; it names item,state"]);
}

#[test]
fn a_share_may_have_a_decimal_comma() {
    let file = b"item;label;confidence\n1;cat;0,95\n2;cat;1\n3;cat;1,5\n4;cat;0,9,5\n";
    let mut shares = Vec::new();
    let mut reader = Reader::new([ITEM, LABEL, CONFIDENCE], Options::default());
    let mut take = |read: Result<labelmesh_records::Row<'_>, labelmesh_records::Problem>| {
        shares.push(read.expect("a record").share(2).ok().flatten());
    };
    reader.push(file, &mut take);
    reader.finish(&mut take);
    assert_eq!(shares, [Some(0.95), Some(1.0), None, None]);
}
