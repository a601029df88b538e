package io.reelkeeper.storage;

import com.azure.core.exception.AzureException;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A container of Azure; the access key of its profile is the account's name.
final class AzureBucket implements Bucket {

  private static final Duration LIST_WITHIN = Duration.ofSeconds(30);
  private static final Duration READ_WITHIN = Duration.ofMinutes(1);
  private static final Duration ATTEMPT_WITHIN = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BlobContainerClient container;
  private final Clock clock;

  AzureBucket(String bucket, Address address, String account, String accountKey, Clock clock) {
    this.clock = clock;
    URI endpoint = Objects.requireNonNull(address.endpoint());
    this.container =
        new BlobContainerClientBuilder()
            // in front of a number or of localhost there is no place for the account's name
            .endpoint(address.pathStyle() ? endpoint + "/" + account : endpoint.toString())
            .containerName(bucket)
            .credential(new StorageSharedKeyCredential(account, accountKey))
            .httpClient(
                new JdkHttpClientBuilder()
                    .connectionTimeout(Duration.ofSeconds(5))
                    .responseTimeout(ATTEMPT_WITHIN)
                    .readTimeout(ATTEMPT_WITHIN)
                    .build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED, 2, ATTEMPT_WITHIN, PAUSE, PAUSE, null))
            .buildClient();
  }

  @Override
  public Seen<Page> list(String prefix, @Nullable String after) {
    return asked(
        () -> {
          var options = new ListBlobsOptions().setPrefix(prefix).setMaxResultsPerPage(1000);
          PagedResponse<BlobItem> page =
              container.listBlobs(options, after, LIST_WITHIN).iterableByPage().iterator().next();
          List<Stored> objects =
              page.getValue().stream()
                  .filter(it -> it.getName() != null && it.getName().startsWith(prefix))
                  .map(it -> new Stored(it.getName(), size(it)))
                  .toList();
          String next = page.getContinuationToken();
          return next != null && next.equals(after)
              ? new Seen.Unreachable<>("a listing that does not go on")
              : new Seen.Readable<>(
                  new Page(objects, next == null || next.isEmpty() ? null : next));
        });
  }

  private static long size(BlobItem item) {
    Long size = item.getProperties() == null ? null : item.getProperties().getContentLength();
    return size == null ? 0 : size;
  }

  /// The client writes and does not let read without asking for the object's properties first, so
  /// the object is kept in memory meanwhile.
  @Override
  public <T> Seen<T> read(String key, long most, Reading<T> reading) {
    return asked(
        () -> {
          var content = new Kept(most);
          container
              .getBlobClient(key)
              .downloadStreamWithResponse(
                  content,
                  new BlobRange(0, most + 1),
                  new DownloadRetryOptions().setMaxRetryRequests(1),
                  null,
                  false,
                  READ_WITHIN,
                  Context.NONE);
          if (content.over) {
            return new Seen.Unreachable<>("more than " + most + " bytes");
          }
          try {
            return new Seen.Readable<>(
                reading.from(new ByteArrayInputStream(content.toByteArray())));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public Optional<URI> link(String key) {
    try {
      BlobClient blob = container.getBlobClient(key);
      String signed =
          blob.generateSas(
              new BlobServiceSasSignatureValues(
                  clock.instant().plus(LINK_LIFE).atOffset(ZoneOffset.UTC),
                  new BlobSasPermission().setReadPermission(true)));
      return Optional.of(URI.create(blob.getBlobUrl() + "?" + signed));
    } catch (AzureException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  @Override
  public Seen<Boolean> write(String key, String text) {
    return asked(
        () -> {
          container.getBlobClient(key).upload(BinaryData.fromString(text), true);
          return new Seen.Readable<>(true);
        });
  }

  @Override
  public Seen<Boolean> remove(String key) {
    return asked(() -> new Seen.Readable<>(container.getBlobClient(key).deleteIfExists()));
  }

  private static <T> Seen<T> asked(Supplier<Seen<T>> call) {
    try {
      return call.get();
    } catch (BlobStorageException e) {
      String why = "HTTP " + e.getStatusCode() + " " + e.getErrorCode();
      return switch (e.getStatusCode()) {
        case 404 ->
            BlobErrorCode.CONTAINER_NOT_FOUND.equals(e.getErrorCode())
                ? new Seen.NoBucket<>()
                : new Seen.Absent<>();
        case 400, 401, 403 -> new Seen.Forbidden<>(why);
        default -> new Seen.Unreachable<>(why);
      };
    } catch (IllegalArgumentException _) {
      return new Seen.Forbidden<>("the secret key is not the base64 that Azure gives");
    } catch (RuntimeException e) {
      // the client throws whatever its layers throw: time-outs, parsers, sockets
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      return new Seen.Unreachable<>(cause.getClass().getSimpleName());
    }
  }

  /// Keeps no more than it should. It never throws: the client would wait for what does not come.
  private static final class Kept extends ByteArrayOutputStream {

    private final long most;
    private boolean over;

    private Kept(long most) {
      this.most = most;
    }

    @Override
    public synchronized void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      over |= count + (long) length > most;
      if (!over) {
        super.write(bytes, offset, length);
      }
    }
  }
}
