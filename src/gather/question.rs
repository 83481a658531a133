//! What is asked, with one request or page by page.

use alloc::vec::Vec;

use http::{Request, Response};

use crate::endpoint::Endpoint;
use crate::machine::pace::Pages;
use crate::machine::{Action, ReadError};
use crate::model::{Image, ProductCode, Snapshot};
use crate::response::{Class, RegisterImageError};
use crate::types::{ImageName, KmsKeyId, SnapshotId};
use crate::wire::{Body, Page, ebs, images, snapshots};

#[derive(Clone, Debug)]
pub(super) enum Question {
    Snapshots {
        ids: Vec<SnapshotId>,
        pages: Pages<Snapshot>,
    },
    /// Which of these belong to the account.
    OwnSnapshots {
        ids: Vec<SnapshotId>,
        pages: Pages<Snapshot>,
    },
    /// Any snapshot of the account, if none of the request belongs to it.
    AnyOwnSnapshot,
    ProductCodes(SnapshotId),
    Images {
        name: ImageName,
        pages: Pages<Image>,
    },
    EncryptionByDefault,
    DefaultKmsKey,
}

/// A response: a page of a list, or all.
pub(super) enum Answer {
    SnapshotPage(Page<Snapshot>),
    ProductCodes(SnapshotId, Vec<ProductCode>),
    ImagePage(Page<Image>),
    EncryptionByDefault(bool),
    DefaultKmsKey(KmsKeyId),
}

/// A whole answer.
pub(super) enum Known {
    Snapshots {
        asked: Vec<SnapshotId>,
        snapshots: Vec<Snapshot>,
    },
    OwnSnapshots {
        asked: Vec<SnapshotId>,
        snapshots: Vec<Snapshot>,
    },
    /// Some snapshots of the account.
    AnyOwnSnapshot(Vec<Snapshot>),
    ProductCodes(SnapshotId, Vec<ProductCode>),
    Images {
        name: ImageName,
        images: Vec<Image>,
    },
    EncryptionByDefault(bool),
    DefaultKmsKey(KmsKeyId),
}

impl Question {
    pub(super) fn snapshots(ids: Vec<SnapshotId>, endpoint: &Endpoint) -> Self {
        let pages = Pages::new(snapshots::encode_request(&ids, endpoint));
        Self::Snapshots { ids, pages }
    }

    pub(super) fn own_snapshots(ids: Vec<SnapshotId>, endpoint: &Endpoint) -> Self {
        let pages = Pages::new(snapshots::encode_request_of_own(&ids, endpoint));
        Self::OwnSnapshots { ids, pages }
    }

    pub(super) fn images(name: ImageName, endpoint: &Endpoint) -> Self {
        let pages = Pages::new(images::encode_request_by_name(&name, endpoint));
        Self::Images { name, pages }
    }

    pub(super) fn action(&self) -> Action {
        match self {
            Self::Snapshots { .. } | Self::OwnSnapshots { .. } | Self::AnyOwnSnapshot => Action::DescribeSnapshots,
            Self::ProductCodes(_) => Action::DescribeSnapshotAttribute,
            Self::Images { .. } => Action::DescribeImages,
            Self::EncryptionByDefault => Action::GetEbsEncryptionByDefault,
            Self::DefaultKmsKey => Action::GetEbsDefaultKmsKeyId,
        }
    }

    pub(super) fn request(&self, endpoint: &Endpoint) -> Request<Body> {
        match self {
            Self::Snapshots { pages, .. } | Self::OwnSnapshots { pages, .. } => pages.request(),
            Self::Images { pages, .. } => pages.request(),
            Self::AnyOwnSnapshot => snapshots::encode_request_of_any_own(endpoint),
            Self::ProductCodes(id) => snapshots::encode_product_codes_request(id, endpoint),
            Self::EncryptionByDefault => ebs::encode_encryption_by_default_request(endpoint),
            Self::DefaultKmsKey => ebs::encode_default_kms_key_id_request(endpoint),
        }
    }

    pub(super) fn decode<B: AsRef<[u8]>>(&self, response: &Response<B>) -> Result<Answer, RegisterImageError> {
        Ok(match self {
            Self::Snapshots { .. } | Self::OwnSnapshots { .. } | Self::AnyOwnSnapshot => {
                Answer::SnapshotPage(snapshots::decode_response(response)?)
            }
            Self::ProductCodes(_) => {
                let Snapshot { id, product_codes, .. } = snapshots::decode_product_codes_response(response)?;
                Answer::ProductCodes(id, product_codes.unwrap_or_default())
            }
            Self::Images { .. } => Answer::ImagePage(images::decode_page(response)?),
            Self::EncryptionByDefault => {
                Answer::EncryptionByDefault(ebs::decode_encryption_by_default_response(response)?)
            }
            Self::DefaultKmsKey => Answer::DefaultKmsKey(ebs::decode_default_kms_key_id_response(response)?),
        })
    }

    /// Adds what a response says. Returns the answer once it is complete.
    pub(super) fn take(&mut self, answer: Answer) -> Result<Option<Known>, ReadError> {
        Ok(match (self, answer) {
            (Self::Snapshots { ids, pages }, Answer::SnapshotPage(page)) => {
                let asked = |snapshots| Known::Snapshots { asked: core::mem::take(ids), snapshots };
                pages.add(page)?.map(asked)
            }
            (Self::OwnSnapshots { ids, pages }, Answer::SnapshotPage(page)) => {
                let asked = |snapshots| Known::OwnSnapshots { asked: core::mem::take(ids), snapshots };
                pages.add(page)?.map(asked)
            }
            // One page suffices, because any item names the account.
            (Self::AnyOwnSnapshot, Answer::SnapshotPage(page)) => Some(Known::AnyOwnSnapshot(page.items)),
            (Self::Images { name, pages }, Answer::ImagePage(page)) => {
                pages.add(page)?.map(|images| Known::Images { name: name.clone(), images })
            }
            (Self::ProductCodes(asked), Answer::ProductCodes(id, codes)) if id == *asked => {
                Some(Known::ProductCodes(id, codes))
            }
            (Self::EncryptionByDefault, Answer::EncryptionByDefault(is_on)) => Some(Known::EncryptionByDefault(is_on)),
            (Self::DefaultKmsKey, Answer::DefaultKmsKey(key)) => Some(Known::DefaultKmsKey(key)),
            _ => return Err(ReadError::OtherSubject),
        })
    }

    /// Returns questions for parts, if the error may be about one of several snapshots.
    pub(super) fn halves(&self, error: &ReadError, endpoint: &Endpoint) -> Option<[Self; 2]> {
        let class = error.as_answered()?.as_service()?.class();
        if !matches!(class, Class::InvalidRequest | Class::NotReady | Class::Unknown) {
            return None;
        }
        let (ids, ask): (_, fn(Vec<SnapshotId>, &Endpoint) -> Self) = match self {
            Self::Snapshots { ids, .. } => (ids, Self::snapshots),
            Self::OwnSnapshots { ids, .. } => (ids, Self::own_snapshots),
            _ => return None,
        };
        let (first, second) = ids.split_at_checked(ids.len() / 2).filter(|(first, _)| !first.is_empty())?;
        Some([first, second].map(|half| ask(half.to_vec(), endpoint)))
    }
}
