package io.reelkeeper.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The place that a session's files go to, fixed when the session is accepted: never a credential.
///
/// @param profile the storage profile's name
/// @param vendor the vendor's word in our configuration, such as `aws`
/// @param region Agora's name of the region, such as `EU_CENTRAL_1`; `0` where the vendor has none
/// @param endpoint scheme and host of an S3-compatible store, else null
/// @param prefix the folders below the bucket
/// @param fingerprint `sha256:` and the hex digest over all of the place
public record Destination(
    String profile,
    String vendor,
    String region,
    String bucket,
    @Nullable String endpoint,
    List<String> prefix,
    String fingerprint) {

  public Destination {
    prefix = List.copyOf(prefix);
  }
}
