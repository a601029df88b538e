package io.reelkeeper.audit;

import org.jspecify.annotations.Nullable;

/// Something that an audit has to say, in plain words.
///
/// @param kind a slug, such as `missing-file`
/// @param file the key in the bucket that it is about, or null
/// @param profile the storage profile that it is about, or null
public record Finding(String kind, String detail, @Nullable String file, @Nullable String profile) {

  static Finding of(String kind, String detail) {
    return new Finding(kind, detail, null, null);
  }

  static Finding about(String file, String kind, String detail) {
    return new Finding(kind, detail, file, null);
  }

  static Finding at(String profile, String kind, String detail) {
    return new Finding(kind, detail, null, profile);
  }
}
