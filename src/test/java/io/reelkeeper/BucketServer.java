package io.reelkeeper;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.Constants;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A real S3 server in this process, with one pair of keys; its buckets live in memory or in a
/// directory.
///
/// Addresses are path style on loopback. A request with other keys is answered 403 as S3 does. A
/// body of type `text/plain; charset=UTF-8` is answered 403 too: the server writes the charset in
/// small letters before it checks the signature, so give texts as bytes.
public final class BucketServer implements AutoCloseable {

  private final BlobStoreContext store;
  private final S3Proxy server;
  private final String accessKey;
  private final String secretKey;

  private BucketServer(@Nullable Path directory, int port, String accessKey, String secretKey) {
    var properties = new Properties();
    properties.setProperty(Constants.PROPERTY_CREDENTIAL, "none");
    if (directory != null) {
      properties.setProperty("jclouds.filesystem.basedir", directory.toString());
    }
    this.store =
        ContextBuilder.newBuilder(directory == null ? "transient-nio2" : "filesystem-nio2")
            .credentials("none", "none")
            .overrides(properties)
            .build(BlobStoreContext.class);
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.server =
        S3Proxy.builder()
            .blobStore(store.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
            .build();
    try {
      server.start();
    } catch (Exception e) {
      store.close();
      throw new IllegalStateException("no S3 server on port " + port, e);
    }
  }

  /// Starts a server on a free port whose buckets are gone when it stops.
  public static BucketServer inMemory(String accessKey, String secretKey) {
    return new BucketServer(null, 0, accessKey, secretKey);
  }

  /// Starts a server whose buckets are folders of `directory`; port 0 is any free one.
  public static BucketServer inDirectory(
      Path directory, int port, String accessKey, String secretKey) {
    try {
      Files.createDirectories(directory);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new BucketServer(directory, port, accessKey, secretKey);
  }

  /// Creates the bucket if it is not there yet.
  public BucketServer withBucket(String bucket) {
    BlobStore blobs = store.getBlobStore();
    if (!blobs.containerExists(bucket)) {
      blobs.createContainerInLocation(null, bucket);
    }
    return this;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /// The keys of every object of the bucket that begins with the prefix, in order.
  public List<String> keys(String bucket, String prefix) {
    try (S3Client s3 = client()) {
      return s3.listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix)).contents().stream()
          .map(S3Object::key)
          .toList();
    }
  }

  /// Removes every object of the bucket.
  public void clear(String bucket) {
    store.getBlobStore().clearContainer(bucket);
  }

  public byte[] read(String bucket, String key) {
    try (S3Client s3 = client()) {
      return s3.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asByteArray();
    }
  }

  /// A client that may do everything; the caller closes it.
  public S3Client client() {
    return S3Client.builder()
        .endpointOverride(endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
        .build();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the S3 server did not stop", e);
    } finally {
      store.close();
    }
  }
}
