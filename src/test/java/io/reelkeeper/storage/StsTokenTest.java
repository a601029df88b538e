package io.reelkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.core.Destination;
import io.reelkeeper.storage.StorageProfiles.TokenUnreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// A profile whose credentials end.
final class StsTokenTest {

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("token.json");
  }

  private static StorageSettings settings(String vendor, StorageSettings.Sts sts) {
    return new StorageSettings(
        Map.of(
            "primary",
            new StorageSettings.Profile(
                vendor,
                vendor.equals("azure") ? "" : "7",
                "recordings",
                "reader-access",
                "reader-secret",
                null,
                false,
                null,
                sts)));
  }

  private ObjectNode storageConfig() {
    var profiles = new StorageProfiles(settings("aws", new StorageSettings.Sts(file)));
    Destination fixed = profiles.resolve("primary", List.of()).orElseThrow();
    return profiles.storageConfig(fixed);
  }

  @Test
  void agoraGetsWhatTheFileHoldsAtThatMoment() throws IOException {
    Files.writeString(
        file,
        """
        {"accessKey": "a", "secretKey": "s", "token": "t", "expires": "2026-03-01T22:00:00Z"}
        """);
    ObjectNode first = storageConfig();
    Files.writeString(
        file,
        """
        {"accessKey": "b", "secretKey": "s", "token": "u", "expires": "2026-03-02T22:00:00Z"}
        """);
    ObjectNode second = storageConfig();

    assertThat(first.path("accessKey").stringValue()).isEqualTo("a");
    assertThat(first.path("secretKey").stringValue()).isEqualTo("s");
    assertThat(first.path("stsToken").stringValue()).isEqualTo("t");
    assertThat(first.path("stsExpiration").longValue())
        .isEqualTo(Instant.parse("2026-03-01T22:00:00Z").getEpochSecond());
    assertThat(second.path("accessKey").stringValue()).isEqualTo("b");
    assertThat(second.path("stsToken").stringValue()).isEqualTo("u");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hush",
        "[]",
        "{\"accessKey\": \"hush\"}",
        "{\"accessKey\": \"hush\", \"secretKey\": \"\", \"token\": \"t\", \"expires\":"
            + " \"2026-03-01T22:00:00Z\"}",
        "{\"accessKey\": \"hush\", \"secretKey\": \"s\", \"token\": \"t\", \"expires\":"
            + " 1767225600}",
        "{\"accessKey\": \"hush\", \"secretKey\": \"s\", \"token\": \"t\", \"expires\":"
            + " \"tomorrow\"}",
      })
  void whatIsNoTokenIsSaidWithoutItsContent(String content) throws IOException {
    Files.writeString(file, content);

    assertThatThrownBy(this::storageConfig)
        .isInstanceOf(TokenUnreadable.class)
        .hasMessageContaining("token file of storage profile primary")
        .hasMessageNotContainingAny("hush", "tomorrow");
  }

  @Test
  void aMissingFileIsSaid() {
    assertThatThrownBy(this::storageConfig)
        .isInstanceOf(TokenUnreadable.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void onlyThreeVendorsTakeSuchTokens() {
    for (String vendor : List.of("aws", "alibaba", "tencent")) {
      assertThat(settings(vendor, new StorageSettings.Sts(file)).problems()).isEmpty();
    }
    assertThat(settings("azure", new StorageSettings.Sts(file)).problems())
        .singleElement()
        .asString()
        .startsWith("reelkeeper.storage.primary.sts is set");
  }

  @Test
  void theFileMustBeNamed() {
    assertThat(settings("aws", new StorageSettings.Sts(null)).problems())
        .singleElement()
        .asString()
        .startsWith("reelkeeper.storage.primary.sts.token-file is missing");
  }
}
