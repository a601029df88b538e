package io.reelkeeper.sandbox.files;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import tools.jackson.databind.JsonNode;

/// The customer's bucket, reached with the keys that the start request brought.
///
/// Without any known address (no `bucket-endpoint`, and a vendor other than 11) files go nowhere
/// and count as uploaded.
public final class Bucket implements AutoCloseable {

  public enum Outcome {
    STORED,
    /// The store answered that it will not: wrong keys, no such bucket.
    REFUSED,
    /// The store did not answer, or not with sense.
    AWAY
  }

  /// Longer than any healthy store needs for a slice; a frozen one must not hold a recorder for
  /// ever.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int S3_COMPATIBLE = 11;

  private final @Nullable URI endpoint;
  private final Map<URI, S3Client> clients = new ConcurrentHashMap<>();

  /// @param endpoint where every vendor's buckets really are, or null
  public Bucket(@Nullable URI endpoint) {
    this.endpoint = endpoint;
  }

  /// Finds out whether the keys and the bucket are real without writing anything.
  ///
  /// Reading an object that is not there tells: keys that may only write are answered AccessDenied,
  /// unknown ones are named as such.
  public Outcome probe(JsonNode storage) {
    S3Client s3 = client(storage);
    if (s3 == null) {
      return Outcome.STORED;
    }
    try {
      s3.getObject(
              r ->
                  r.bucket(storage.path("bucket").asString())
                      .key(prefix(storage) + "agora-probe")
                      .overrideConfiguration(as(storage)))
          .abort();
      return Outcome.STORED;
    } catch (S3Exception e) {
      String code =
          e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
              ? ""
              : e.awsErrorDetails().errorCode();
      return switch (code) {
        case "NoSuchKey", "AccessDenied" -> Outcome.STORED;
        default -> e.statusCode() >= 500 ? Outcome.AWAY : Outcome.REFUSED;
      };
    } catch (SdkException e) {
      return Outcome.AWAY;
    }
  }

  public Outcome put(JsonNode storage, String name, byte[] content) {
    S3Client s3 = client(storage);
    if (s3 == null) {
      return Outcome.STORED;
    }
    try {
      s3.putObject(
          r ->
              r.bucket(storage.path("bucket").asString())
                  .key(prefix(storage) + name)
                  .contentType(contentType(name))
                  .overrideConfiguration(as(storage)),
          RequestBody.fromBytes(content));
      return Outcome.STORED;
    } catch (S3Exception e) {
      return e.statusCode() >= 500 ? Outcome.AWAY : Outcome.REFUSED;
    } catch (SdkException e) {
      return Outcome.AWAY;
    }
  }

  /// The elements of `fileNamePrefix` as the beginning of a key.
  public static String prefix(JsonNode storage) {
    var prefix = new StringBuilder();
    storage.path("fileNamePrefix").forEach(e -> prefix.append(e.asString("")).append('/'));
    return prefix.toString();
  }

  @Override
  public void close() {
    clients.values().forEach(S3Client::close);
    clients.clear();
  }

  private @Nullable S3Client client(JsonNode storage) {
    URI address = endpoint == null ? ownAddress(storage) : endpoint;
    return address == null ? null : clients.computeIfAbsent(address, Bucket::connect);
  }

  private static @Nullable URI ownAddress(JsonNode storage) {
    String host = storage.path("extensionParams").path("endpoint").asString("");
    if (storage.path("vendor").asInt(0) != S3_COMPATIBLE || host.isEmpty()) {
      return null;
    }
    boolean loopback = host.startsWith("127.") || host.startsWith("localhost");
    return URI.create((loopback ? "http://" : "https://") + host);
  }

  private static S3Client connect(URI address) {
    return S3Client.builder()
        .endpointOverride(address)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(StaticCredentialsProvider.create(credentials("none", "none", "")))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        // a recorder tries again with its next slice
        .overrideConfiguration(
            c -> c.apiCallTimeout(PATIENCE).retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .build();
  }

  private static AwsRequestOverrideConfiguration as(JsonNode storage) {
    return AwsRequestOverrideConfiguration.builder()
        .credentialsProvider(
            StaticCredentialsProvider.create(
                credentials(
                    storage.path("accessKey").asString(""),
                    storage.path("secretKey").asString(""),
                    storage.path("stsToken").asString(""))))
        .build();
  }

  private static AwsCredentials credentials(String access, String secret, String token) {
    return token.isEmpty()
        ? AwsBasicCredentials.create(access, secret)
        : AwsSessionCredentials.create(access, secret, token);
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "m3u8" -> "application/x-mpegURL";
      case "ts" -> "video/mp2t";
      case "mp4" -> "video/mp4";
      case "jpg" -> "image/jpeg";
      default -> "application/octet-stream";
    };
  }
}
