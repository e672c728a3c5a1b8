//! The collectors through the SDK's whole stack, against a loopback server that speaks AWS's protocols.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::clients::TargetClients;
use super::loopback::{Answer, Asked, Server, json, xml};
use super::scheduler::Scheduler;
use super::session::Session;
use crate::model::{GapReason, Identity, Section, SectionName, Target};

/// An account with nothing in it.
fn empty(asked: &Asked) -> Answer {
    match asked.operation.as_str() {
        "DescribeInstances" => xml("DescribeInstancesResponse", "<reservationSet/>"),
        "DescribeSecurityGroups" => xml("DescribeSecurityGroupsResponse", "<securityGroupInfo/>"),
        "DescribeNetworkInterfaces" => xml("DescribeNetworkInterfacesResponse", "<networkInterfaceSet/>"),
        "DescribeVpcPeeringConnections" => xml("DescribeVpcPeeringConnectionsResponse", "<vpcPeeringConnectionSet/>"),
        "DescribeTransitGatewayVpcAttachments" => {
            xml("DescribeTransitGatewayVpcAttachmentsResponse", "<transitGatewayVpcAttachments/>")
        }
        "DescribeInstanceInformation" => json(r#"{"InstanceInformationList": []}"#),
        "ListAssociations" => json(r#"{"Associations": []}"#),
        "GetServiceSetting" => json(r#"{"ServiceSetting": {"SettingValue": "$None", "Status": "Default"}}"#),
        "POST /status/batch/get" => json(
            r#"{"accounts": [{"accountId": "111122223333", "state": {"status": "DISABLED"}, "resourceState":
               {"ec2": {"status": "DISABLED"}, "ecr": {"status": "DISABLED"}}}], "failedAccounts": []}"#,
        ),
        "POST /configuration/get" => json(r#"{"ecrConfiguration": {}}"#),
        "POST /ec2deepinspectionconfiguration/get" => json(r#"{"status": "DEACTIVATED", "packagePaths": []}"#),
        "POST /coverage/list" => json(r#"{"coveredResources": []}"#),
        "POST /usage/list" => json(r#"{"totals": []}"#),
        "POST /coverage/statistics/list" => json(r#"{"totalCounts": 0}"#),
        "GetRegistryScanningConfiguration" => json(r#"{"scanningConfiguration": {"scanType": "BASIC", "rules": []}}"#),
        "DescribeRepositories" => json(r#"{"repositories": []}"#),
        operation if operation.starts_with("GET /2015-02-01/file-systems") => json(r#"{"FileSystems": []}"#),
        other => (404, "text/plain", format!("nothing at {other}")),
    }
}

/// Collects everything there is at `server`.
fn collect(server: &Server) -> Target {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("test data is good");
    runtime.block_on(async {
        let identity = Identity { arn: "arn:aws:iam::111122223333:user/a".into(), partition: "aws".into() };
        let clients = TargetClients::new(
            Arc::new(Session::fixed(&server.endpoint, false)),
            "111122223333",
            "eu-west-1",
            Scheduler::new(4),
            Arc::new(super::progress::Silent),
        );
        let mut target = Target::unseen("111122223333", "eu-west-1", chrono::Utc::now());
        target.identity = Section::Complete(identity);
        let all: BTreeSet<SectionName> =
            SectionName::ALL.iter().copied().filter(|name| name.is_always_collected()).collect();
        super::target::fill(&clients, &mut target, &all, &super::EvidenceOptions::default()).await;
        target
    })
}

fn gap_of(target: &Target, section: SectionName) -> Option<GapReason> {
    target.gaps().into_iter().find(|(name, ..)| *name == section).map(|(.., gap)| gap.reason)
}

/// The same with Inspector on for EC2: everything is asked.
fn scanned(asked: &Asked) -> Answer {
    match asked.operation.as_str() {
        "POST /status/batch/get" => json(
            r#"{"accounts": [{"accountId": "111122223333", "state": {"status": "ENABLED"}, "resourceState":
               {"ec2": {"status": "ENABLED"}, "ecr": {"status": "DISABLED"}}}], "failedAccounts": []}"#,
        ),
        _ => empty(asked),
    }
}

#[test]
fn an_empty_account_has_no_gaps_and_takes_four_calls() {
    let server = Server::start(empty);
    let target = collect(&server);
    assert!(target.nothing_here && target.gaps().is_empty(), "{:#?}", target.gaps());
    let asked = [
        "DescribeRepositories",
        "GET /2015-02-01/file-systems?MaxItems=100",
        "GetRegistryScanningConfiguration",
        "POST /status/batch/get",
    ];
    assert_eq!(server.operations(), asked);
}

#[test]
fn whatever_is_there_makes_everything_worth_asking() {
    let server = Server::start(scanned);
    let target = collect(&server);
    assert!(!target.nothing_here && target.gaps().is_empty(), "{:#?}", target.gaps());
    assert_eq!(server.operations().len(), 16, "{:#?}", server.operations());
    let enhanced = r#"{"scanningConfiguration": {"scanType": "ENHANCED", "rules": []}}"#;
    let something: [(&str, &str); 3] = [
        ("GetRegistryScanningConfiguration", enhanced),
        ("DescribeRepositories", r#"{"repositories": [{"repositoryName": "a"}]}"#),
        ("POST /status/batch/get", r#"{"accounts": [], "failedAccounts": []}"#),
    ];
    for (operation, body) in something {
        let server = Server::start(move |asked| if asked.operation == operation { json(body) } else { empty(asked) });
        let target = collect(&server);
        assert!(!target.nothing_here, "{operation}");
        assert!(target.ec2.instances.is_complete(), "{operation}");
    }
}

#[test]
fn a_region_that_is_off_is_one_gap() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeInstances" => empty(asked),
        _ => (403, "application/json", r#"{"__type": "UnrecognizedClientException", "message": "no"}"#.into()),
    });
    let target = collect(&server);
    let gaps: Vec<_> = target.gaps().into_iter().map(|(section, _, gap)| (section, gap.reason)).collect();
    assert_eq!(gaps, [(SectionName::StsIdentity, GapReason::RegionDisabled)]);
    assert_eq!(server.operations().len(), 4, "{:#?}", server.operations());
}

#[test]
fn an_answer_that_is_not_the_services_own_is_a_gap_everywhere() {
    for body in ["<html><body>please sign in</body></html>", "{}", ""] {
        let server = Server::start(move |_| (200, "text/html", body.to_owned()));
        let target = collect(&server);
        let gaps = target.gaps();
        // Lifecycle and the scanning of repositories hang on lists that are missing themselves.
        assert_eq!(gaps.len(), 17, "{body}: {gaps:#?}");
        for (section, _, gap) in gaps {
            assert_eq!(gap.reason, GapReason::Protocol, "{section} with {body}: {gap:?}");
        }
    }
}

#[test]
fn a_cut_answer_is_a_gap_everywhere() {
    let server = Server::start(|asked| {
        let (status, kind, body) = scanned(asked);
        (status, kind, body[..body.len() - 2].to_owned())
    });
    let target = collect(&server);
    assert_eq!(target.gaps().len(), 17, "{:#?}", target.gaps());
    assert!(target.gaps().iter().all(|(.., gap)| gap.reason == GapReason::Protocol), "{:#?}", target.gaps());
}

#[test]
fn every_page_counts_and_a_repeated_token_is_a_gap() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeInstances" if asked.body.contains("NextToken=two") => xml(
            "DescribeInstancesResponse",
            "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>\
             </reservationSet>",
        ),
        "DescribeInstances" => xml(
            "DescribeInstancesResponse",
            "<reservationSet><item><instancesSet><item><instanceId>i-2</instanceId><platform>windows</platform></item>\
             </instancesSet></item></reservationSet><nextToken>two</nextToken>",
        ),
        "DescribeInstanceInformation" => {
            json(r#"{"InstanceInformationList": [{"InstanceId": "i-1"}], "NextToken": "same"}"#)
        }
        _ => scanned(asked),
    });
    let target = collect(&server);
    let instances = target.ec2.instances.complete().expect("test data is good");
    assert_eq!(instances.iter().map(|instance| instance.id.as_str()).collect::<Vec<_>>(), ["i-1", "i-2"]);
    assert!(instances.last().expect("test data is good").is_windows());
    assert_eq!(gap_of(&target, SectionName::SsmManagedNodes), Some(GapReason::Protocol));
    let log = server.log.lock().expect("test data is good");
    let first = log.iter().find(|asked| asked.operation == "DescribeInstances").expect("test data is good");
    assert!(first.body.contains("IncludeManagedResources=true"), "{}", first.body);
    assert!(first.body.contains("MaxResults=1000"), "{}", first.body);
}

#[test]
fn mount_targets_come_from_interfaces_and_from_efs_where_the_count_disagrees() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeNetworkInterfaces" => xml(
            "DescribeNetworkInterfacesResponse",
            "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
             <description>EFS mount target for fs-11111111 (fsmt-11111111)</description>\
             <requesterManaged>true</requesterManaged><status>in-use</status><vpcId>vpc-1</vpcId>\
             <subnetId>subnet-1</subnetId><privateIpAddress>10.0.0.7</privateIpAddress>\
             <groupSet><item><groupId>sg-1</groupId></item></groupSet></item></networkInterfaceSet>",
        ),
        "GET /2015-02-01/mount-targets?MaxItems=100&FileSystemId=fs-22222222" => json(
            r#"{"MountTargets": [{"MountTargetId": "fsmt-22222222", "FileSystemId": "fs-22222222",
               "SubnetId": "subnet-2", "LifeCycleState": "available", "IpAddress": "10.0.0.8", "VpcId": "vpc-1"}]}"#,
        ),
        "GET /2015-02-01/mount-targets/fsmt-22222222/security-groups" => json(r#"{"SecurityGroups": ["sg-2"]}"#),
        "GET /2015-02-01/file-systems?MaxItems=100" => json(
            r#"{"FileSystems": [
               {"FileSystemId": "fs-11111111", "NumberOfMountTargets": 1, "LifeCycleState": "available",
                "SizeInBytes": {"Value": 7, "ValueInIA": 3, "ValueInStandard": 4}},
               {"FileSystemId": "fs-22222222", "NumberOfMountTargets": 1, "LifeCycleState": "available"},
               {"FileSystemId": "fs-33333333", "NumberOfMountTargets": 0, "LifeCycleState": "available"},
               {"FileSystemId": "fs-44444444", "NumberOfMountTargets": 0, "LifeCycleState": "available"}]}"#,
        ),
        operation if operation.ends_with("fs-33333333/lifecycle-configuration") => {
            (404, "application/json", r#"{"ErrorCode": "FileSystemNotFound"}"#.into())
        }
        operation if operation.ends_with("fs-44444444/lifecycle-configuration") => {
            (403, "application/json", r#"{"code": "AccessDeniedException", "message": "no"}"#.into())
        }
        operation if operation.ends_with("/lifecycle-configuration") => json(
            r#"{"LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"},
               {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]}"#,
        ),
        _ => scanned(asked),
    });
    let target = collect(&server);
    let efs = &target.efs;
    let ids: Vec<_> =
        efs.file_systems.complete().expect("test data is good").iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["fs-11111111", "fs-22222222", "fs-44444444"]);
    assert_eq!(efs.file_systems.complete().expect("test data is good")[0].size.ia, Some(3));
    assert_eq!(efs.lifecycle["fs-11111111"].transition_to_ia.as_deref(), Some("AFTER_30_DAYS"));
    let primary = efs.lifecycle["fs-11111111"].transition_to_primary_storage_class.as_deref();
    assert_eq!(primary, Some("AFTER_1_ACCESS"));
    assert_eq!(efs.lifecycle_gaps["fs-44444444"].reason, GapReason::AccessDenied);
    let mounts = efs.mount_targets.complete().expect("test data is good");
    let seen: Vec<_> = mounts.iter().map(|mount| (mount.id.as_str(), mount.security_groups.join(","))).collect();
    assert_eq!(seen, [("fsmt-11111111", "sg-1".to_owned()), ("fsmt-22222222", "sg-2".to_owned())]);
    assert!(efs.mount_target_gaps.is_empty());
}

#[test]
fn a_write_made_through_the_same_clients_never_reaches_the_wire() {
    let server = Server::start(empty);
    let session = Session::fixed(&server.endpoint, false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("test data is good");
    runtime.block_on(async {
        let tag = aws_sdk_ec2::types::Tag::builder().key("a").value("b").build();
        let write = session.ec2("eu-west-1", "a").create_tags().resources("i-1").tags(tag).send().await;
        assert!(write.is_err());
        let policies = Some(Vec::new());
        let efs = session.efs("eu-west-1", "a");
        let write = efs.put_lifecycle_configuration().file_system_id("fs-11111111").set_lifecycle_policies(policies);
        let error = write.send().await.expect_err("must fail");
        let call = &crate::permissions::DESCRIBE_FILE_SYSTEMS;
        let gap = super::failure::failure(&error, call, super::error_class::Stage::ENTERING).gap();
        assert_eq!(gap.reason, GapReason::Blocked, "{gap:?}");
    });
    assert!(server.operations().is_empty(), "{:?}", server.operations());
}

#[test]
fn the_probes_command_passes_only_where_the_probe_was_asked_for() {
    let server = Server::start(|_| json(r#"{"Command": {"CommandId": "c"}}"#));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("test data is good");
    for (asked, arrived) in [(false, 0), (true, 1)] {
        let ssm = Session::fixed(&server.endpoint, asked).ssm("eu-west-1", "a");
        let sent = runtime.block_on(ssm.send_command().document_name("AWS-RunShellScript").instance_ids("i-1").send());
        assert_eq!(sent.is_ok(), asked, "{sent:?}");
        assert_eq!(server.operations().len(), arrived, "{:?}", server.operations());
        let other = runtime.block_on(ssm.start_automation_execution().document_name("a").send());
        assert!(other.is_err());
        assert_eq!(server.operations().len(), arrived, "{:?}", server.operations());
    }
}

#[test]
fn errors_keep_their_code_their_request_id_and_their_way_out() {
    let server = Server::start(|asked| match asked.operation.as_str() {
        "DescribeInstances" => (
            403,
            "text/xml",
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You may not. Encoded authorization \
             failure message: abc</Message></Error></Errors><RequestID>ec2-1</RequestID></Response>"
                .into(),
        ),
        "DescribeInstanceInformation" => {
            (400, "application/x-amz-json-1.1", r#"{"__type": "AccessDeniedException", "Message": "no"}"#.into())
        }
        "POST /coverage/list" => {
            (403, "application/json", r#"{"__type": "AccessDeniedException", "message": "not enabled"}"#.into())
        }
        "DescribeRepositories" => (403, "text/html", "<html>denied by the proxy</html>".into()),
        _ => empty(asked),
    });
    let target = collect(&server);
    let gap = target.ec2.instances.gap().expect("test data is good");
    assert_eq!(gap.reason, GapReason::AccessDenied);
    assert!(gap.message.ends_with("add ec2:DescribeInstances to the role's policy"), "{}", gap.message);
    assert!(!gap.message.contains("abc"), "{}", gap.message);
    assert_eq!(gap.request_id.as_deref(), Some("req-7"));
    assert_eq!(gap_of(&target, SectionName::SsmManagedNodes), Some(GapReason::AccessDenied));
    assert_eq!(gap_of(&target, SectionName::InspectorEc2Coverage), Some(GapReason::NotEnabled));
    assert_eq!(gap_of(&target, SectionName::EcrRepositories), Some(GapReason::Protocol));
}
