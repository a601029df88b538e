package io.reelkeeper.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// A bucket behind the S3 protocol, whoever the vendor is.
///
/// It lists in the first version of the protocol: some vendors know no other, all know that one.
final class S3Bucket implements Bucket, AutoCloseable {

  /// Requests at once; the rest waits here and not for a connection, where waiting counts as an
  /// outage.
  private static final int AT_ONCE = 32;

  /// How long a store may take.
  ///
  /// @param attempt one answer to one request for a page
  /// @param list a page with all attempts
  /// @param read a whole object with all attempts
  record Patience(Duration attempt, Duration list, Duration read) {

    /// A page of a thousand keys takes a healthy store a second; the playlist of a month has some
    /// ten megabytes.
    private static final Patience USUAL =
        new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(1));
  }

  /// Somebody waits for the outcome of a probe.
  private static final Duration WRITE_WITHIN = Duration.ofSeconds(10);

  /// A thousand keys of the greatest length, each character escaped, and what stands around them.
  private static final long LONGEST_ANSWER = 8L << 20;

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  private final String bucket;
  private final S3Client s3;
  private final S3Presigner links;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Patience patience;

  S3Bucket(String bucket, Address address, String accessKey, String secretKey) {
    this(bucket, address, AwsBasicCredentials.create(accessKey, secretKey));
  }

  S3Bucket(String bucket, Address address, AwsCredentials credentials) {
    this(bucket, address, credentials, Patience.USUAL);
  }

  S3Bucket(String bucket, Address address, AwsCredentials credentials, Patience patience) {
    this.bucket = bucket;
    this.patience = patience;
    var keys = StaticCredentialsProvider.create(credentials);
    var style = S3Configuration.builder().pathStyleAccessEnabled(address.pathStyle()).build();
    S3ClientBuilder client =
        S3Client.builder()
            .region(Region.of(address.region()))
            .credentialsProvider(keys)
            .serviceConfiguration(style)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(AT_ONCE)
                    .connectionTimeout(Duration.ofSeconds(5))
                    .socketTimeout(patience.attempt())
                    .dnsResolver(new Names()))
            .overrideConfiguration(c -> c.addExecutionInterceptor(new AnswersCapped()));
    var presigner =
        S3Presigner.builder()
            .region(Region.of(address.region()))
            .credentialsProvider(keys)
            .serviceConfiguration(style);
    URI endpoint = address.endpoint();
    if (endpoint != null) {
      client.endpointOverride(endpoint);
      presigner.endpointOverride(endpoint);
    }
    this.s3 = client.build();
    this.links = presigner.build();
  }

  @Override
  public Seen<Page> list(String prefix, @Nullable String after) {
    return asked(
        () -> {
          ListObjectsResponse answer =
              s3.listObjects(
                  r ->
                      r.bucket(bucket)
                          .prefix(prefix)
                          .marker(after)
                          .maxKeys(1000)
                          .overrideConfiguration(
                              c ->
                                  c.apiCallTimeout(patience.list())
                                      .apiCallAttemptTimeout(patience.attempt())));
          List<Stored> objects =
              answer.contents().stream()
                  .filter(it -> it.key() != null && it.key().startsWith(prefix))
                  .map(it -> new Stored(it.key(), it.size() == null ? 0 : it.size()))
                  .toList();
          return page(objects, answer, after);
        });
  }

  /// A page that does not lead on would be asked for again and again. And an answer without any
  /// word on whether more follows is no listing: whoever sits at the wrong address may answer 200.
  private static Seen<Page> page(
      List<Stored> objects, ListObjectsResponse answer, @Nullable String after) {
    if (answer.isTruncated() == null) {
      return new Seen.Unreachable<>("an answer that is no listing");
    }
    if (!answer.isTruncated()) {
      return new Seen.Readable<>(new Page(objects, null));
    }
    String next = answer.nextMarker();
    if ((next == null || next.isEmpty()) && !answer.contents().isEmpty()) {
      next = answer.contents().getLast().key();
    }
    return next == null || next.equals(after)
        ? new Seen.Unreachable<>("a listing that does not go on")
        : new Seen.Readable<>(new Page(objects, next));
  }

  @Override
  public <T> Seen<T> read(String key, long most, Reading<T> reading) {
    return asked(
        () -> {
          GetObjectRequest request =
              GetObjectRequest.builder()
                  .bucket(bucket)
                  .key(key)
                  .overrideConfiguration(c -> c.apiCallTimeout(patience.read()))
                  .build();
          ResponseTransformer<GetObjectResponse, T> transformer =
              (_, content) -> {
                try {
                  return reading.from(new Capped(content, most));
                } catch (IOException e) {
                  content.abort();
                  throw e;
                }
              };
          return new Seen.Readable<>(s3.getObject(request, transformer));
        });
  }

  @Override
  public Optional<URI> link(String key) {
    try {
      return Optional.of(
          links
              .presignGetObject(
                  r ->
                      r.signatureDuration(LINK_LIFE)
                          .getObjectRequest(g -> g.bucket(bucket).key(key)))
              .url()
              .toURI());
    } catch (SdkException | URISyntaxException _) {
      return Optional.empty();
    }
  }

  @Override
  public Seen<Boolean> write(String key, String text) {
    return asked(
        () -> {
          s3.putObject(
              r ->
                  r.bucket(bucket)
                      .key(key)
                      .contentType("text/plain")
                      .overrideConfiguration(c -> c.apiCallTimeout(WRITE_WITHIN)),
              RequestBody.fromString(text));
          return new Seen.Readable<>(true);
        });
  }

  @Override
  public Seen<Boolean> remove(String key) {
    return asked(
        () -> {
          s3.deleteObject(
              r ->
                  r.bucket(bucket)
                      .key(key)
                      .overrideConfiguration(c -> c.apiCallTimeout(WRITE_WITHIN)));
          return new Seen.Readable<>(true);
        });
  }

  private <T> Seen<T> asked(Supplier<Seen<T>> call) {
    try {
      free.acquire();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Seen.Unreachable<>("interrupted");
    }
    try {
      return call.get();
    } catch (S3Exception e) {
      return refusal(e);
    } catch (SdkException e) {
      return new Seen.Unreachable<>(reason(e));
    } finally {
      free.release();
    }
  }

  private static <T> Seen<T> refusal(S3Exception e) {
    String said =
        e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
            ? ""
            : e.awsErrorDetails().errorCode();
    String code = UNPRINTABLE.matcher(said).replaceAll("?");
    String why = "HTTP " + e.statusCode() + " " + code.substring(0, Math.min(80, code.length()));
    return switch (e.statusCode()) {
      case 404 -> code.equals("NoSuchBucket") ? new Seen.NoBucket<>() : new Seen.Absent<>();
      case 400, 401, 403 -> new Seen.Forbidden<>(why.strip());
      default -> new Seen.Unreachable<>(why.strip());
    };
  }

  /// The innermost cause by its name: messages of clients hold addresses and sometimes more.
  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName();
  }

  @Override
  public void close() {
    s3.close();
    links.close();
  }

  /// An answer is read into memory by the client, so its length is not left to the store. An object
  /// has a limit of its own.
  private static final class AnswersCapped implements ExecutionInterceptor {

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      boolean anObject =
          context.request() instanceof GetObjectRequest && context.httpResponse().isSuccessful();
      return anObject
          ? context.responseBody()
          : context.responseBody().map(body -> new Capped(body, LONGEST_ANSWER));
    }
  }

  /// Names below `localhost` are this machine (RFC 6761), which not every resolver knows. Where the
  /// secrets of cloud machines lie is nobody's store.
  private static final class Names extends SystemDefaultDnsResolver {

    /// Those of Alibaba, Azure, AWS and Google that are not link-local.
    private static final Set<InetAddress> METADATA =
        Stream.of("100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254")
            .map(InetAddress::ofLiteral)
            .collect(Collectors.toUnmodifiableSet());

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] found =
          host.endsWith(".localhost")
              ? new InetAddress[] {InetAddress.getLoopbackAddress()}
              : super.resolve(host);
      for (InetAddress address : found) {
        if (address.isLinkLocalAddress() || METADATA.contains(address)) {
          throw new UnknownHostException("an address of metadata is not asked");
        }
      }
      return found;
    }
  }

  /// A stream that breaks off where more comes than anything honest would send.
  private static final class Capped extends FilterInputStream {

    private final long most;
    private long read;

    private Capped(InputStream in, long most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        count(1);
      }
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      count(Math.max(0, count));
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      count(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void count(long bytes) throws IOException {
      read += bytes;
      if (read > most) {
        throw new IOException("more than " + most + " bytes");
      }
    }
  }
}
