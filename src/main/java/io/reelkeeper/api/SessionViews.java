package io.reelkeeper.api;

import io.reelkeeper.audit.AuditedFile;
import io.reelkeeper.audit.Audits;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.SessionView.AuditView;
import io.reelkeeper.session.SessionView.FileView;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Buckets;
import io.reelkeeper.storage.Seen;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/// Sessions with what the audits know of their files.
@Component
public class SessionViews {

  private final Audits audits;
  private final Buckets buckets;

  SessionViews(Audits audits, Buckets buckets) {
    this.audits = audits;
    this.buckets = buckets;
  }

  public SessionView of(Session session) {
    return view(session, audits.of(session), true);
  }

  /// For whoever hands it on: a link opens a file for everybody, and tells the key that signed it.
  public SessionView withoutLinks(Session session) {
    return view(session, audits.of(session), false);
  }

  /// Shows one session after another; of slices only those that lack.
  Function<Session, SessionView> of(List<Session> sessions) {
    Map<UUID, Audits.SessionAudit> all = audits.of(sessions);
    return session -> view(session, all.getOrDefault(session.id(), Audits.NOTHING), true);
  }

  private SessionView view(Session session, Audits.SessionAudit audit, boolean linked) {
    List<SessionView.Finding> findings =
        audit.findings().stream()
            .map(it -> new SessionView.Finding(it.kind(), it.detail(), it.file(), it.profile()))
            .toList();
    return SessionView.of(
        session, files(session, audit, linked), new AuditView(audit.status().word(), findings));
  }

  /// What was looked for, then what Agora named since. Only who has seen an object hands out links
  /// to it.
  private List<FileView> files(Session session, Audits.SessionAudit audit, boolean linked) {
    Set<String> seen = new HashSet<>();
    var files = new ArrayList<FileView>();
    for (AuditedFile file : audit.files()) {
      seen.add(file.name());
      files.add(
          new FileView(
              file.name(),
              file.type(),
              file.size(),
              file.seconds(),
              file.present(),
              linked && file.present() ? link(session, file.name()).orElse(null) : null));
    }
    session.files().stream()
        .filter(file -> !seen.contains(file.name()))
        .map(FileView::of)
        .forEach(files::add);
    return files;
  }

  private Optional<String> link(Session session, String key) {
    return buckets.of(session.destination()) instanceof Seen.Readable<Bucket>(Bucket bucket)
        ? bucket.link(key).map(URI::toString)
        : Optional.empty();
  }
}
