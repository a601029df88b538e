package io.reelkeeper.storage;

import io.reelkeeper.storage.StorageProfiles.TokenUnreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Credentials for a bucket that end, as a file holds them that the operator's own rotation writes:
///
/// ```json
/// {"accessKey": "...", "secretKey": "...", "token": "...", "expires": "2026-03-01T22:00:00Z"}
/// ```
///
/// The file is best replaced by renaming, so that no half of it is ever read.
record StsToken(String accessKey, String secretKey, String token, Instant expires) {

  /// Whose tokens Agora takes (reference §3.6).
  static final Set<Vendor> VENDORS = Set.of(Vendor.AWS, Vendor.ALIBABA, Vendor.TENCENT);

  /// @throws TokenUnreadable when it is not such a file
  static StsToken read(String profile, Path file) {
    JsonNode content;
    try {
      content = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException _) {
      throw new TokenUnreadable(profile, "cannot be read");
    } catch (JacksonException _) {
      throw new TokenUnreadable(profile, "is not JSON");
    }
    try {
      return new StsToken(
          text(profile, content, "accessKey"),
          text(profile, content, "secretKey"),
          text(profile, content, "token"),
          Instant.parse(text(profile, content, "expires")));
    } catch (DateTimeException _) {
      throw new TokenUnreadable(profile, "has an \"expires\" that is no time in ISO 8601");
    }
  }

  private static String text(String profile, JsonNode content, String member) {
    return content
        .path(member)
        .stringValueOpt()
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new TokenUnreadable(profile, "has no text \"" + member + "\""));
  }

  @Override
  public String toString() {
    return "StsToken[until " + expires + "]";
  }
}
