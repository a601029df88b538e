package io.reelkeeper.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoticeReaderTest {

  static Stream<Arguments> documented() {
    return Stream.of(
        says(
            1,
            "{'module':1,'errorLevel':4,'errorCode':32,'stat':1,'errorMsg':'storage configuration"
                + " error'}",
            new What.Failed(1, 4, 32, 1, "storage configuration error")),
        says(2, "{'module':1,'warnCode':31}", new What.Warned(1, 31)),
        says(
            3,
            "{'status':5,'recordingMode':1,'fileList':'S_class32.m3u8'}",
            new What.StatusUpdated(5, "S_class32.m3u8")),
        says(4, "{'fileList':'S_class32.m3u8'}", new What.PlaylistUploaded("S_class32.m3u8")),
        says(
            4,
            "{'fileList':[{'fileName':'a.mp4'},{'fileName':'a.m3u8'}]}",
            new What.PlaylistUploaded("a.m3u8")),
        says(11, "{'exitStatus':0}", new What.Exited(0)),
        says(12, "{'newUid':1735928465}", new What.FailedOver("1735928465")),
        says(12, "{'newUid':'1735928465'}", new What.FailedOver("1735928465")),
        says(13, "{}", new What.HaRegistered()),
        says(30, "{'status':0}", new What.UploaderStarted(0)),
        says(
            31,
            "{'status':0,'fileList':[{'fileName':'S_0.mp4','uid':'0'},{'fileName':'S.m3u8'}]}",
            new What.Uploaded(0, List.of("S_0.mp4", "S.m3u8"))),
        says(31, "{'status':0}", new What.Uploaded(0, List.of())),
        says(31, "{'status':0,'fileList':'S.m3u8'}", new What.Uploaded(0, List.of("S.m3u8"))),
        says(31, "{'status':0,'fileList':''}", new What.Uploaded(0, List.of())),
        says(
            31,
            "{'status':0,'fileList':['a.ts',7,null,{},{'filename':'b.ts'}]}",
            new What.Uploaded(0, List.of("a.ts", "7", "b.ts"))),
        says(
            32,
            "{'status':0,'fileList':[{'fileName':'S.m3u8'}]}",
            new What.BackedUp(0, List.of("S.m3u8"))),
        says(33, "{'progress':8750}", new What.Uploading(8750)),
        says(40, "{'status':0}", new What.RecorderStarted(0)),
        says(41, "{'leaveCode':16}", new What.RecorderLeft(16)),
        says(
            42,
            "{'startUtcMs':1704067206000,'discontinueUtcMs':1704067206001,'mixedAllUser':true,"
                + "'streamUid':'0','trackType':'audio_and_video'}",
            new What.SliceStarted(1704067206000L, 1704067206001L, true, "0", "audio_and_video")),
        says(
            43,
            "{'streamUid':'123','state':0,'UtcMs':1704067206500}",
            new What.StreamChanged(false, "123", true, 1704067206500L)),
        says(
            44,
            "{'streamUid':123,'state':1,'utcMs':1704067210500}",
            new What.StreamChanged(true, "123", false, 1704067210500L)),
        says(45, "{'fileName':'rec/2024/S.jpg'}", new What.SnapshotUploaded("rec/2024/S.jpg")),
        says(60, "{'aliVodInfo':{'videoId':'0b8f'}}", new What.VodStarted("0b8f")),
        says(61, "{}", new What.VodTriggered()),
        says(
            70, "{'recorderStartTime':1704067211000}", new What.WebRecorderStarted(1704067211000L)),
        says(
            71,
            "{'code':1,'message':'max_recording_hour','details':'max recording hour is 3',"
                + "'fileList':[{'filename':'S.m3u8'},{'fileName':'S_0.mp4'}]}",
            new What.WebRecorderStopped(
                1, "max_recording_hour", "max recording hour is 3", List.of("S.m3u8", "S_0.mp4"))),
        says(
            71,
            "{'code':6,'message':'recorder_error '}",
            new What.WebRecorderStopped(6, "recorder_error", null, List.of())),
        says(72, "{'limitType':'WebGL'}", new What.CapabilityExceeded("WebGL")),
        says(73, "{'reason':'page_load_timeout'}", new What.WebPageReloaded("page_load_timeout")),
        says(80, "{}", new What.TranscoderStarted()),
        says(
            81,
            "{'result':'partial_success','uids':[{'uid':'123','result':'success',"
                + "'fileList':[{'fileName':'S_123.mp4'}]},{'uid':'124'}]}",
            new What.TranscoderCompleted("partial_success", List.of("S_123.mp4"))),
        says(
            90,
            "{'vendor':1,'region':0,'bucket':'rec-bucket','fileName':'a.m3u8;b.ts'}",
            new What.DownloadFailed(1, 0, "rec-bucket", "a.m3u8;b.ts")),
        says(
            100,
            "{'rtmpUrl':'rtmps://cdn.example.org/live/key','status':'publishing'}",
            new What.RtmpPublished("rtmps://cdn.example.org/...", "publishing")),
        says(
            1001,
            "{'result':'total_success','fileList':[{'fileName':'S_123.mp4'}]}",
            new What.TranscodingEnded("total_success", List.of("S_123.mp4"))),
        says(14, "{'anything':1}", new What.Other()),
        says(-1, "{}", new What.Other()));
  }

  @ParameterizedTest
  @MethodSource("documented")
  void everyDocumentedEventIsUnderstood(int eventType, String details, What what) {
    Notice notice =
        NoticeReader.read(
            entry(eventType, "{'payload':{'serviceType':2,'details':%s}}".formatted(details)));

    assertThat(notice)
        .isEqualTo(
            new Notice("n1", eventType, "sid1", "class32", "527841", 2, 12, 1704070815090L, what));
  }

  @ParameterizedTest
  @MethodSource("bodiesThatSayNothing")
  void noMissingOrWrongMemberIsAnError(String body) {
    IntStream.rangeClosed(-1, 1001)
        .forEach(
            eventType -> {
              Notice notice = NoticeReader.read(entry(eventType, body));
              assertThat(notice.eventType()).isEqualTo(eventType);
              assertThat(notice.serviceType()).isEqualTo(-1);
            });
  }

  static Stream<String> bodiesThatSayNothing() {
    return Stream.of(
        "{}",
        "[]",
        "17",
        "{'payload':[]}",
        "{'payload':{'details':'text'}}",
        "{'payload':{'details':[1,2]}}",
        "{'payload':{'serviceType':{},'details':{'fileList':{},'uids':'x','newUid':[],'status':true,"
            + "'fileName':{},'aliVodInfo':7,'progress':99999999999,'startUtcMs':1e999}}}",
        "{'payload':{'details':{'uids':[1,null,{'fileList':7}]}}}",
        "{'payload':{'details':" + "[".repeat(2_000) + "]".repeat(2_000) + "}}",
        "{'payload':{'details':{'status':" + "9".repeat(2_000) + "}}}");
  }

  @Test
  void whatAgoraLeftOutIsEmpty() {
    assertThat(NoticeReader.read(entry(31, "{}")).what())
        .isEqualTo(new What.Uploaded(-1, List.of()));
    assertThat(NoticeReader.read(entry(3, "{}")).what())
        .isEqualTo(new What.StatusUpdated(-1, null));
    assertThat(NoticeReader.read(entry(43, "{}")).what())
        .isEqualTo(new What.StreamChanged(false, null, false, -1));
  }

  @Test
  void textsOfANoticeCanBeStored() {
    var failed =
        NoticeReader.read(entry(1, "{'payload':{'details':{'errorMsg':'a\\u0000b'}}}")).what();

    assertThat(failed).isEqualTo(new What.Failed(-1, -1, -1, -1, "a\uFFFDb"));
  }

  private static Arguments says(int eventType, String details, What what) {
    return Arguments.of(eventType, details, what);
  }

  private static Inbox.Entry entry(int eventType, String body) {
    return new Inbox.Entry(
        LocalDate.of(2024, 1, 1),
        "classroom",
        "n1",
        Instant.EPOCH,
        "new",
        1,
        eventType,
        "sid1",
        "class32",
        "527841",
        12,
        1704070815090L,
        body.replace('\'', '"'));
  }
}
