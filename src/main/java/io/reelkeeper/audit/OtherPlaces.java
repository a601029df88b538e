package io.reelkeeper.audit;

import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Buckets;
import io.reelkeeper.storage.Seen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/// Looks for the files of a task at every other profile: by sid, then by channel.
@Component
class OtherPlaces {

  /// @param misplaced whether files of this very task were found
  record Found(boolean misplaced, List<Finding> findings) {}

  private static final int EXAMPLES = 5;

  private final Buckets buckets;

  OtherPlaces(Buckets buckets) {
    this.buckets = buckets;
  }

  /// @param look what is where it belongs; a copy of that is no news
  /// @param near other sessions of the channel, which may have sent something there
  Found search(Session session, Task task, Look look, List<Session> near) {
    Set<String> lacking = Set.copyOf(look.missing());
    var findings = new ArrayList<Finding>();
    boolean misplaced = false;
    String sid = Objects.requireNonNull(task.sid());
    String folders = Tracks.folders(session.destination().prefix());
    for (Buckets.Elsewhere place : buckets.otherThan(session.destination())) {
      if (!(place.bucket() instanceof Seen.Readable<Bucket>(Bucket bucket))) {
        findings.add(notSearched(place, place.bucket().problem()));
        continue;
      }
      Seen<Bucket.Page> bySid = bucket.list(folders + sid, null);
      if (!(bySid instanceof Seen.Readable<Bucket.Page>(Bucket.Page page))) {
        findings.add(notSearched(place, bySid.problem()));
        continue;
      }
      boolean ofThisTask =
          look.isEmpty()
              ? !page.objects().isEmpty()
              : page.objects().stream().anyMatch(it -> lacking.contains(it.key()));
      if (ofThisTask) {
        misplaced = true;
        findings.add(
            new Finding(
                "misplaced",
                "%s of this recording in bucket %s of profile %s (%s): %s; %s"
                    .formatted(
                        page.next() == null
                            ? page.objects().size() + " files"
                            : "more than " + page.objects().size() + " files",
                        place.name(),
                        place.profile(),
                        place.vendor(),
                        examples(page.objects()),
                        startCall(session, task)),
                page.objects().getFirst().key(),
                place.profile()));
      } else if (page.objects().isEmpty() && !folders.isEmpty()) {
        byChannel(session, bucket, place, folders, near).ifPresent(findings::add);
      }
    }
    return new Found(misplaced, findings);
  }

  /// The folders of a request are often its channel's; without any there is no prefix to list by.
  private static Optional<Finding> byChannel(
      Session session, Bucket bucket, Buckets.Elsewhere place, String folders, List<Session> near) {
    if (!(bucket.list(folders, null) instanceof Seen.Readable<Bucket.Page>(Bucket.Page page))) {
      return Optional.empty();
    }
    List<Bucket.Stored> ofChannel =
        page.objects().stream().filter(it -> isOf(session.channel(), it.key())).toList();
    if (ofChannel.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            "channel-elsewhere",
            "other recordings of this channel lie in bucket %s of profile %s (%s): %s; %s"
                .formatted(
                    place.name(),
                    place.profile(),
                    place.vendor(),
                    examples(ofChannel),
                    senderOf(ofChannel, near)),
            ofChannel.getFirst().key(),
            place.profile()));
  }

  private static boolean isOf(String channel, String key) {
    return key.contains("_" + channel + "_") || key.contains("_" + channel + ".");
  }

  private static String senderOf(List<Bucket.Stored> objects, List<Session> near) {
    for (Session session : near) {
      for (Task task : session.tasks()) {
        String sid = task.sid();
        if (sid != null && objects.stream().anyMatch(it -> it.key().contains(sid))) {
          return "they were sent there by session %s: %s"
              .formatted(session.id(), startCall(session, task));
        }
      }
    }
    return "no start call of this app that was near in time sent them there";
  }

  /// Which start call asked for which place.
  static String startCall(Session session, Task task) {
    Instant at = task.startedAt() == null ? task.intendedAt() : task.startedAt();
    return "the start call of task %d at %s asked for profile %s (%s, bucket %s)"
        .formatted(
            task.number(),
            at,
            session.destination().profile(),
            session.destination().vendor(),
            session.destination().bucket());
  }

  private static String examples(List<Bucket.Stored> objects) {
    String some =
        String.join(", ", objects.stream().limit(EXAMPLES).map(Bucket.Stored::key).toList());
    return objects.size() > EXAMPLES ? some + " and so on" : some;
  }

  private static Finding notSearched(Buckets.Elsewhere place, String why) {
    return Finding.at(
        place.profile(),
        "not-searched",
        "bucket %s cannot be searched, %s".formatted(place.name(), why));
  }
}
