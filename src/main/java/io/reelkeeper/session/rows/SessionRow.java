package io.reelkeeper.session.rows;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.session.state.Session.RecordedFile;
import io.reelkeeper.session.state.Session.Refusal;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Task;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A session as it lies in its table.
@Entity
@Table(name = "session")
public class SessionRow implements Persistable<UUID> {

  private static final JsonMapper JSON = new JsonMapper();

  @Id UUID id;
  String app;
  String channel;
  String mode;
  String slot;
  String assurance;
  String onIdle;
  String status;
  @Nullable String reason;

  @ColumnTransformer(write = "?::jsonb")
  @Nullable String refusal;

  String storageProfile;
  String vendor;
  String region;
  String bucket;
  @Nullable String endpoint;
  List<String> prefix;
  String fingerprint;

  @ColumnTransformer(write = "?::jsonb")
  String request;

  @ColumnTransformer(write = "?::jsonb")
  String changes;

  @ColumnTransformer(write = "?::jsonb")
  @Nullable String updating;

  String digest;
  byte @Nullable [] secrets;
  List<String> uids;

  @ColumnTransformer(write = "?::jsonb")
  String labels;

  Instant createdAt;
  Instant updatedAt;
  @Nullable Instant stoppedAt;

  /// Counts the signals taken in, so that each of them makes a new version: what was decided about
  /// an older one is decided anew.
  long signals;

  @Version @Nullable Long version;

  @OneToMany(mappedBy = "session", cascade = CascadeType.ALL)
  @OrderBy("key.number")
  List<TaskRow> tasks = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  protected SessionRow() {}

  /// The row of a session that is new.
  public static SessionRow of(Session session, byte @Nullable [] secrets) {
    SessionRow row = new SessionRow();
    row.id = session.id();
    row.app = session.app();
    row.channel = session.channel();
    row.mode = session.mode().word();
    row.slot = session.slot();
    row.assurance = session.assurance().word();
    row.onIdle = session.onIdle().word();
    Destination place = session.destination();
    row.storageProfile = place.profile();
    row.vendor = place.vendor();
    row.region = place.region();
    row.bucket = place.bucket();
    row.endpoint = place.endpoint();
    row.prefix = place.prefix();
    row.fingerprint = place.fingerprint();
    row.request = JSON.writeValueAsString(session.request());
    row.digest = session.digest();
    row.secrets = secrets;
    row.uids = session.uids();
    row.labels = JSON.writeValueAsString(session.labels());
    row.createdAt = session.createdAt();
    row.take(session);
    return row;
  }

  /// Takes over what a move may change; everything else of a session is fixed.
  public final void take(Session session) {
    changes = JSON.writeValueAsString(session.changes());
    updating = session.update() == null ? null : JSON.writeValueAsString(session.update());
    status = session.status().word();
    reason = session.reason();
    refusal = session.refusal() == null ? null : JSON.writeValueAsString(session.refusal());
    signals++;
    updatedAt = session.updatedAt();
    stoppedAt = session.stoppedAt();
    for (Task task : session.tasks()) {
      tasks.stream()
          .filter(row -> row.key.number() == task.number())
          .findFirst()
          .ifPresentOrElse(row -> row.take(task), () -> tasks.add(new TaskRow(this, task)));
    }
  }

  public Session session(List<RecordedFile> files) {
    return new Session(
        id,
        app,
        channel,
        Mode.ofWord(mode).orElseThrow(),
        slot,
        constant(Assurance.class, assurance),
        constant(OnIdle.class, onIdle),
        constant(Status.class, status),
        reason,
        refusal == null ? null : JSON.readValue(refusal, Refusal.class),
        new Destination(storageProfile, vendor, region, bucket, endpoint, prefix, fingerprint),
        JSON.readTree(request),
        JSON.readTree(changes),
        updating == null ? null : JSON.readValue(updating, Session.Update.class),
        digest,
        uids,
        JSON.readValue(labels, new TypeReference<Map<String, String>>() {}),
        tasks.stream().map(TaskRow::task).toList(),
        files,
        createdAt,
        updatedAt,
        stoppedAt,
        version == null ? 0 : version);
  }

  static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public UUID getId() {
    return id;
  }

  @Override
  public boolean isNew() {
    return version == null;
  }
}
