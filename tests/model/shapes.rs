//! The crate's members, names and values against the API's model.
//!
//! `peers/python/remake_shapes.py` re-makes the fixture from an installed botocore: what a new release adds shows here.

use ec2_register_image::RegisterImageRequest;
use ec2_register_image::model::{
    BlockDeviceMappingMember, EbsBlockDeviceMember, RequestMember, TagMember, TagSpecificationMember,
};
use ec2_register_image::types::{Architecture, BootMode, ImdsSupport, ResourceType, TpmSupport, VolumeType};
use serde_json::{Value, json};

fn model() -> Value {
    serde_json::from_str(include_str!("../fixtures/shapes.json")).unwrap()
}

/// The members of a shape in the model's order, each with its name on the wire: the location's name, capitalised.
fn members(shape: &str) -> Vec<(String, String)> {
    // `serde_json::Value` sorts its members, so the order is read from the text.
    let text = include_str!("../fixtures/shapes.json");
    let shapes = text.find("\"shapes\"").unwrap();
    let start = shapes + text[shapes..].find(&format!("  \"{shape}\": {{\n")).unwrap();
    let model = model();
    let members = model["shapes"][shape]["members"].as_object().unwrap();
    let place = |name: &str| text[start..].find(&format!("    \"{name}\": {{\n")).unwrap();
    let mut found: Vec<(usize, String, String)> = members
        .iter()
        .map(|(name, member)| {
            let location = member["locationName"].as_str().unwrap_or(name);
            let (first, rest) = location.split_at(1);
            (place(name), name.clone(), first.to_uppercase() + rest)
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, name, wire_name)| (name, wire_name)).collect()
}

fn values(shape: &str) -> Vec<String> {
    serde_json::from_value(model()["shapes"][shape]["enum"].clone()).unwrap()
}

#[test]
fn the_version_is_the_models() {
    assert_eq!(model()["metadata"]["apiVersion"], ec2_register_image::wire::query::VERSION);
    assert_eq!(model()["operation"]["name"], "RegisterImage");
}

#[test]
fn every_member_is_there_in_order_and_by_both_names() {
    macro_rules! holds {
        ($shape:literal, $member:ident, $count:literal) => {{
            let ours: Vec<(String, String)> =
                $member::ALL.iter().map(|member| (member.name().to_owned(), member.wire_name().to_owned())).collect();
            assert_eq!(ours, members($shape), $shape);
            assert_eq!(ours.len(), $count);
        }};
    }
    holds!("RegisterImageRequest", RequestMember, 18);
    holds!("BlockDeviceMapping", BlockDeviceMappingMember, 4);
    holds!("EbsBlockDevice", EbsBlockDeviceMember, 13);
    holds!("TagSpecification", TagSpecificationMember, 2);
    holds!("Tag", TagMember, 2);
}

#[test]
fn every_value_is_there_in_order() {
    macro_rules! holds {
        ($shape:literal, $type:ident) => {
            assert_eq!($type::KNOWN.iter().map($type::to_string).collect::<Vec<_>>(), values($shape), $shape);
        };
    }
    holds!("ArchitectureValues", Architecture);
    holds!("BootModeValues", BootMode);
    holds!("TpmSupportValues", TpmSupport);
    holds!("ImdsSupportValues", ImdsSupport);
    holds!("VolumeType", VolumeType);
    holds!("ResourceType", ResourceType);
}

#[test]
fn the_answer_has_no_more_members_than_we_read() {
    let model = model();
    let output = model["operation"]["output"]["shape"].as_str().unwrap();
    assert_eq!(model["shapes"][output]["members"], json!({"ImageId": {"shape": "String", "locationName": "imageId"}}));
}

/// A value of a shape, as JSON.
fn sample(model: &Value, shape: &str) -> Value {
    let shape = &model["shapes"][shape];
    match shape["type"].as_str().unwrap() {
        "string" => json!("text"),
        "boolean" => json!(false),
        "integer" => json!(0),
        "list" => json!([sample(model, shape["member"]["shape"].as_str().unwrap())]),
        "structure" => shape["members"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, member)| (name.clone(), sample(model, member["shape"].as_str().unwrap())))
            .collect(),
        other => panic!("a shape of type {other}"),
    }
}

#[test]
fn every_member_has_the_models_type() {
    let whole = sample(&model(), "RegisterImageRequest");
    let request: RegisterImageRequest = serde_json::from_value(whole.clone()).unwrap();
    assert_eq!(serde_json::to_value(&request).unwrap(), whole);

    // Each member alone takes a value of its type and of no other.
    for (name, right) in whole.as_object().unwrap() {
        for other in [json!("text"), json!(false), json!(0), json!([]), json!({}), json!(null), json!(1.5)] {
            let takes = serde_json::from_value::<RegisterImageRequest>(json!({ name: other })).is_ok();
            let same_type = std::mem::discriminant(right) == std::mem::discriminant(&other) && other != json!(1.5);
            assert_eq!(takes, same_type, "{name} = {other}");
        }
    }
}
