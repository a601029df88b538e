package io.reelkeeper.evidence;

import io.reelkeeper.api.SessionViews;
import io.reelkeeper.provider.CallJournal;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.state.Session;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Packs all that is known of a session into one file that needs no other system to be read.
///
/// It is drawn page by page into a temporary file, so that a recording of a month takes no more
/// memory than one of a minute.
@Component
public class EvidenceZip {

  private static final int PAGE = 200;

  private final SessionViews views;
  private final Timeline timeline;
  private final CallJournal calls;
  private final JsonMapper json;
  private final Clock clock;

  EvidenceZip(
      SessionViews views, Timeline timeline, CallJournal calls, JsonMapper json, Clock clock) {
    this.views = views;
    this.timeline = timeline;
    this.calls = calls;
    this.json = json;
    this.clock = clock;
  }

  /// An answer that browsers save under the session's name; the file is gone once it was read.
  public ResponseEntity<Resource> of(Session session) {
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType("application/zip"))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment()
                .filename("evidence-%s.zip".formatted(session.id()))
                .build()
                .toString())
        .body(packed(session));
  }

  private Resource packed(Session session) {
    try {
      Path file = Files.createTempFile("evidence-", ".zip");
      try {
        write(session, file);
        return new InputStreamResource(
            Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE), "evidence");
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the evidence could not be packed", e);
    }
  }

  private void write(Session session, Path file) throws IOException {
    SessionView view = views.withoutLinks(session);
    var summary = new Summary(session, view, clock.instant());
    try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      begin(zip, "session.json");
      json.writerWithDefaultPrettyPrinter().writeValue(open(zip), view);
      begin(zip, "audits.json");
      json.writerWithDefaultPrettyPrinter().writeValue(open(zip), view.audit());
      begin(zip, "calls.json");
      calls(session, zip, summary);
      begin(zip, "timeline.json");
      moments(session, zip, summary::add, null);
      begin(zip, "notifications.json");
      moments(session, zip, _ -> {}, "notification");
      begin(zip, "summary.md");
      zip.write(summary.text().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void begin(ZipOutputStream zip, String name) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
  }

  /// One entry of several: closing it must not close the file.
  private static OutputStream open(ZipOutputStream zip) {
    return new FilterOutputStream(zip) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  private void calls(Session session, ZipOutputStream zip, Summary summary) {
    try (JsonGenerator array = json.createGenerator(open(zip))) {
      array.writeStartArray();
      CallJournal.Cursor from = CallJournal.Cursor.START;
      List<CallJournal.Entry> page;
      do {
        page = calls.of(session.id(), from, PAGE);
        for (CallJournal.Entry call : page) {
          array.writePOJO(CallView.of(call));
          summary.add(call);
          from = call.cursor();
        }
      } while (page.size() == PAGE);
      array.writeEndArray();
    }
  }

  private void moments(
      Session session, ZipOutputStream zip, Consumer<Moment> each, @Nullable String kind) {
    try (JsonGenerator array = json.createGenerator(open(zip))) {
      array.writeStartArray();
      Timeline.@Nullable Place from = Timeline.Place.START;
      while (from != null) {
        Timeline.Part part = timeline.read(session, from, PAGE);
        for (Moment moment : part.moments()) {
          if (kind == null || moment.kind().equals(kind)) {
            array.writePOJO(moment);
            each.accept(moment);
          }
        }
        from = part.next();
      }
      array.writeEndArray();
    }
  }
}
