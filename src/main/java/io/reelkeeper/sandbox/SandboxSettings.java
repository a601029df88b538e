package io.reelkeeper.sandbox;

import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// How the sandbox behaves.
///
/// @param ports one per domain: primary, alternate, adjacent; 0 is any free port
/// @param webhookBase notices go to `<base>/webhooks/agora/<alias>`; absent:
///     `reelkeeper.public-url`
/// @param bucketEndpoint where the buckets of every vendor really are; absent: vendor 11 names its
///     own, files of other vendors go nowhere and count as uploaded
/// @param requestsPerSecond instead of each app's own figure; 0 is no limit
/// @param stateFile ledger and running recordings outlive the process in it; it holds bucket keys
/// @param redundant whether each notice is sent twice, as Agora sells it
/// @param latency how long each answer takes
/// @param slice length of a TS file; 15 s is Agora's
/// @param sliceLimit most bytes of one TS or MP4 file, so that a bucket stays small
/// @param channelsBusy whether a channel has two sending users until it is told otherwise
/// @param noticeTimeout how long a notice's receiver may take; 10 s is Agora's
/// @param pageAliveEvery how often a recorded page reports that has a probe; as the policy wants it
/// @param stopTimeout how long a synchronous stop waits for the uploads; 20 s is Agora's
@Validated
@ConfigurationProperties("reelkeeper.sandbox")
public record SandboxSettings(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("127.0.0.1") String host,
    @NotEmpty @DefaultValue({"8090", "8091", "8092"}) List<Integer> ports,
    @Nullable URI webhookBase,
    @Nullable URI bucketEndpoint,
    @Nullable Integer requestsPerSecond,
    @Nullable Path stateFile,
    @DefaultValue("false") boolean redundant,
    @NotNull @DefaultValue("0s") Duration latency,
    @NotNull @DefaultValue("15s") Duration slice,
    @NotNull @DefaultValue("64KB") DataSize sliceLimit,
    @DefaultValue("true") boolean channelsBusy,
    @NotNull @DefaultValue("10s") Duration noticeTimeout,
    @NotNull @DefaultValue("20s") Duration stopTimeout,
    @NotNull @DefaultValue("15s") Duration pageAliveEvery) {

  /// One App ID as Agora knows it.
  ///
  /// @param webhookSecret absent: the app has no notifications
  /// @param appCertificate present: a start needs a valid token
  /// @param webWorkers present: recorders of web pages are counted by resolution, apart from others
  public record App(
      String appId,
      String customerKey,
      String customerSecret,
      @Nullable String webhookSecret,
      @Nullable String appCertificate,
      @Positive @DefaultValue("10") int requestsPerSecond,
      @Positive @DefaultValue("50") int concurrentWorkers,
      @Nullable WebWorkers webWorkers) {

    @Override
    public String toString() {
      return "App[" + appId + "]";
    }
  }

  /// Recorders of web pages by resolution: up to 640x360, up to 1280x720, above. Each class has its
  /// own limit, and those of one class and above together have that of the class.
  public record WebWorkers(
      @DefaultValue("50") int sd, @DefaultValue("30") int hd, @DefaultValue("10") int fhd) {}

  public SandboxSettings {
    ports = List.copyOf(ports);
  }

  /// Three domains on free ports, everything else as by default.
  public static SandboxSettings onFreePorts() {
    return new SandboxSettings(
        true,
        "127.0.0.1",
        List.of(0, 0, 0),
        null,
        null,
        null,
        null,
        false,
        Duration.ZERO,
        Duration.ofSeconds(15),
        DataSize.ofKilobytes(64),
        true,
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        Duration.ofSeconds(15));
  }

  public SandboxSettings withPorts(Integer... other) {
    return with(copy -> copy.ports = List.of(other));
  }

  public SandboxSettings withWebhookBase(URI other) {
    return with(copy -> copy.webhookBase = other);
  }

  public SandboxSettings withBucketEndpoint(URI other) {
    return with(copy -> copy.bucketEndpoint = other);
  }

  /// Limits the requests of every app.
  ///
  /// @param other 0 is no limit
  public SandboxSettings withRequestsPerSecond(int other) {
    return with(copy -> copy.requestsPerSecond = other);
  }

  public SandboxSettings withStateFile(Path other) {
    return with(copy -> copy.stateFile = other);
  }

  public SandboxSettings withRedundant(boolean other) {
    return with(copy -> copy.redundant = other);
  }

  public SandboxSettings withChannelsBusy(boolean other) {
    return with(copy -> copy.channelsBusy = other);
  }

  public SandboxSettings withLatency(Duration other) {
    return with(copy -> copy.latency = other);
  }

  private SandboxSettings with(Consumer<Copy> change) {
    var copy = new Copy(this);
    change.accept(copy);
    return new SandboxSettings(
        enabled,
        host,
        copy.ports,
        copy.webhookBase,
        copy.bucketEndpoint,
        copy.requestsPerSecond,
        copy.stateFile,
        copy.redundant,
        copy.latency,
        slice,
        sliceLimit,
        copy.channelsBusy,
        noticeTimeout,
        stopTimeout,
        pageAliveEvery);
  }

  /// The members that tests change.
  private static final class Copy {
    private List<Integer> ports;
    private @Nullable URI webhookBase;
    private @Nullable URI bucketEndpoint;
    private @Nullable Integer requestsPerSecond;
    private @Nullable Path stateFile;
    private boolean redundant;
    private Duration latency;
    private boolean channelsBusy;

    private Copy(SandboxSettings from) {
      ports = from.ports;
      webhookBase = from.webhookBase;
      bucketEndpoint = from.bucketEndpoint;
      requestsPerSecond = from.requestsPerSecond;
      stateFile = from.stateFile;
      redundant = from.redundant;
      latency = from.latency;
      channelsBusy = from.channelsBusy;
    }
  }
}
