package io.reelkeeper.session.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One notification of Agora (reference §8), as far as it is understood.
///
/// @param noticeId Agora's id of the notice, the same on a resend
/// @param eventType as sent
/// @param sid the recording; empty when the notice names none
/// @param cname empty when not said
/// @param uid of the recorder; after Agora's own failover another one than ours
/// @param serviceType -1 when not said
/// @param sequence -1 when not said
/// @param sendts Unix milliseconds at which it happened, 0 when not said
public record Notice(
    String noticeId,
    int eventType,
    String sid,
    String cname,
    String uid,
    int serviceType,
    long sequence,
    long sendts,
    What what) {

  /// The same words told twice: equal for a redundant copy under another notice id.
  public String meaning() {
    return sid + "|" + uid + "|" + serviceType + "|" + eventType + "|" + sequence + "|" + sendts;
  }

  /// What the notice says. Members that Agora left out are null, -1 or empty.
  public sealed interface What {

    /// Event 1.
    record Failed(int module, int level, int code, int stat, @Nullable String text)
        implements What {}

    /// Event 2.
    record Warned(int module, int code) implements What {}

    /// Event 3.
    record StatusUpdated(int status, @Nullable String fileList) implements What {}

    /// Event 4: the playlist exists in the bucket.
    record PlaylistUploaded(String fileList) implements What {}

    /// Event 11.
    record Exited(int exitStatus) implements What {}

    /// Event 12.
    record FailedOver(String newUid) implements What {}

    /// Event 13.
    record HaRegistered() implements What {}

    /// Event 30.
    record UploaderStarted(int status) implements What {}

    /// Event 31: everything is in the configured bucket.
    record Uploaded(int status, List<String> files) implements What {}

    /// Event 32: everything is uploaded, some of it to Agora's backup.
    record BackedUp(int status, List<String> files) implements What {}

    /// Event 33, 0 to 10000.
    record Uploading(int progress) implements What {}

    /// Event 40.
    record RecorderStarted(int status) implements What {}

    /// Event 41; the code is a bit mask (reference §8.7).
    record RecorderLeft(int leaveCode) implements What {

      /// Nobody was in the channel for `maxIdleTime`.
      public boolean idle() {
        return leaveCode > 0 && (leaveCode & 4) != 0;
      }
    }

    /// Event 42.
    record SliceStarted(
        long startMs,
        long discontinueMs,
        boolean mixed,
        @Nullable String streamUid,
        @Nullable String trackType)
        implements What {}

    /// Events 43 and 44; a stream is received or not.
    record StreamChanged(boolean video, @Nullable String streamUid, boolean received, long atMs)
        implements What {}

    /// Event 45.
    record SnapshotUploaded(String file) implements What {}

    /// Event 60.
    record VodStarted(@Nullable String videoId) implements What {}

    /// Event 61.
    record VodTriggered() implements What {}

    /// Event 70.
    record WebRecorderStarted(long startMs) implements What {}

    /// Event 71; code 0 is a normal end.
    record WebRecorderStopped(
        int code, @Nullable String message, @Nullable String details, List<String> files)
        implements What {}

    /// Event 72.
    record CapabilityExceeded(@Nullable String limitType) implements What {}

    /// Event 73.
    record WebPageReloaded(@Nullable String reason) implements What {}

    /// Event 80.
    record TranscoderStarted() implements What {}

    /// Event 81.
    record TranscoderCompleted(@Nullable String result, List<String> files) implements What {}

    /// Event 90.
    record DownloadFailed(int vendor, int region, @Nullable String bucket, @Nullable String file)
        implements What {}

    /// Event 100.
    record RtmpPublished(@Nullable String url, @Nullable String status) implements What {}

    /// Event 1001.
    record TranscodingEnded(@Nullable String result, List<String> files) implements What {}

    /// Anything else; kept, and understood by nobody yet.
    record Other() implements What {}
  }
}
