package io.reelkeeper;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.Constants;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.domain.PageSet;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.domain.internal.PageSetImpl;
import org.jclouds.http.HttpResponse;
import org.jclouds.http.HttpResponseException;
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

  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final Map<String, Integer> failing = new ConcurrentHashMap<>();
  private final Set<Hidden> hiddenKeys = ConcurrentHashMap.newKeySet();
  private final BlobStoreContext store;
  private final S3Proxy server;
  private final String accessKey;
  private final String secretKey;

  private BucketServer(
      @Nullable Path directory,
      int port,
      String accessKey,
      String secretKey,
      @Nullable String virtualHost) {
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
    var builder =
        S3Proxy.builder()
            .blobStore(watched(store.getBlobStore()))
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey);
    if (virtualHost != null) {
      builder.virtualHost(virtualHost);
    }
    this.server = builder.build();
    try {
      server.start();
    } catch (Exception e) {
      store.close();
      throw new IllegalStateException("no S3 server on port " + port, e);
    }
  }

  /// Starts a server on a free port whose buckets are gone when it stops.
  public static BucketServer inMemory(String accessKey, String secretKey) {
    return new BucketServer(null, 0, accessKey, secretKey, null);
  }

  /// As [#inMemory], and the bucket stands in front of the host's name: `recordings.localhost`.
  public static BucketServer virtualHosted(String accessKey, String secretKey) {
    return new BucketServer(null, 0, accessKey, secretKey, "localhost");
  }

  /// Starts a server whose buckets are folders of `directory`; port 0 is any free one.
  public static BucketServer inDirectory(
      Path directory, int port, String accessKey, String secretKey) {
    try {
      Files.createDirectories(directory);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    // The store lists nothing below a relative path, although it reads what is there.
    Path absolute = directory.toAbsolutePath().normalize();
    return new BucketServer(absolute, port, accessKey, secretKey, null);
  }

  /// Creates the bucket if it is not there yet.
  public BucketServer withBucket(String bucket) {
    BlobStore blobs = store.getBlobStore();
    if (!blobs.containerExists(bucket)) {
      blobs.createContainerInLocation(null, bucket);
    }
    return this;
  }

  /// The store, with its calls counted and failing as a test wishes.
  private BlobStore watched(BlobStore blobs) {
    return (BlobStore)
        Proxy.newProxyInstance(
            BlobStore.class.getClassLoader(),
            new Class<?>[] {BlobStore.class},
            (_, method, arguments) -> {
              calls.merge(method.getName(), 1, Integer::sum);
              Integer status = failing.get(method.getName());
              if (status != null) {
                throw new HttpResponseException(
                    "a fault of the test",
                    null,
                    HttpResponse.builder().statusCode(status).message("fault").build());
              }
              try {
                Object result = method.invoke(blobs, arguments);
                return method.getName().equals("list") && result instanceof PageSet<?> page
                    ? hidden((String) arguments[0], page)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /// What a store that lists late does not show yet.
  private PageSet<?> hidden(String bucket, PageSet<?> page) {
    return new PageSetImpl<StorageMetadata>(
        page.stream()
            .map(StorageMetadata.class::cast)
            .filter(it -> hiddenKeys.stream().noneMatch(h -> h.hides(bucket, it.getName())))
            .toList(),
        page.getNextMarker());
  }

  /// How often the store was asked in this way, such as `list`, `getBlob` or `blobMetadata`.
  public int calls(String method) {
    return calls.getOrDefault(method, 0);
  }

  /// Counts from here.
  public void forgetCalls() {
    calls.clear();
  }

  /// Every such call is answered with this status until [#heals].
  public void fails(String method, int status) {
    failing.put(method, status);
  }

  /// @param bucket in which, or empty for all
  private record Hidden(String bucket, String part) {
    boolean hides(String in, String key) {
      return (bucket.isEmpty() || bucket.equals(in)) && key.contains(part);
    }
  }

  /// Objects with this in their keys are there and not listed until [#heals].
  public void hides(String part) {
    hides("", part);
  }

  /// Hides them in one bucket only.
  public void hides(String bucket, String part) {
    hiddenKeys.add(new Hidden(bucket, part));
  }

  public void heals() {
    failing.clear();
    hiddenKeys.clear();
  }

  public void put(String bucket, String key, byte[] content) {
    BlobStore blobs = store.getBlobStore();
    blobs.putBlob(bucket, blobs.blobBuilder(key).payload(content).build());
  }

  public void remove(String bucket, String key) {
    store.getBlobStore().removeBlob(bucket, key);
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
