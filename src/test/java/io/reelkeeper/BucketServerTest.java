package io.reelkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

final class BucketServerTest {

  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final StaticCredentialsProvider WRONG =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("AK", "other"));

  @Test
  void whatIsPutIsFoundAgain() {
    try (var server = BucketServer.inMemory("AK", "SK").withBucket("recordings");
        var s3 = server.client()) {
      s3.putObject(r -> r.bucket("recordings").key("a/b.txt"), RequestBody.fromBytes(HELLO));

      assertThat(server.keys("recordings", "a/")).containsExactly("a/b.txt");
      assertThat(server.read("recordings", "a/b.txt")).asString().isEqualTo("hello");
    }
  }

  @Test
  void filesOutliveTheServer(@TempDir Path temporary) {
    Path directory = Path.of("").toAbsolutePath().relativize(temporary.toAbsolutePath());
    try (var server = BucketServer.inDirectory(directory, 0, "AK", "SK").withBucket("recordings");
        var s3 = server.client()) {
      s3.putObject(r -> r.bucket("recordings").key("a/b.txt"), RequestBody.fromBytes(HELLO));
    }
    try (var again = BucketServer.inDirectory(directory, 0, "AK", "SK").withBucket("recordings")) {
      assertThat(again.keys("recordings", "")).containsExactly("a/b.txt");
    }
  }

  @Test
  void otherKeysAreRefused() {
    try (var server = BucketServer.inMemory("AK", "SK").withBucket("recordings");
        var s3 = server.client()) {
      assertThatThrownBy(
              () ->
                  s3.listObjectsV2(
                      r ->
                          r.bucket("recordings")
                              .overrideConfiguration(c -> c.credentialsProvider(WRONG))))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
    }
  }
}
