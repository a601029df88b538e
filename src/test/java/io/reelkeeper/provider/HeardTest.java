package io.reelkeeper.provider;

import static io.reelkeeper.provider.Bench.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.provider.Heard.File;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The shapes of Agora's answers, and what is no answer.
final class HeardTest {

  @Test
  void aMixedRecordingHasOneFileName() {
    assertThat(
            Heard.Queried.in(
                json(
                    """
                    {"serverResponse":{"status":5,"fileListMode":"string",
                      "fileList":"38f_class32.m3u8","sliceStartTime":1704067206000}}
                    """)))
        .contains(
            new Heard.Queried(
                5, List.of(new File("38f_class32.m3u8", null, null, 1704067206000L))));
  }

  @Test
  void anIndividualRecordingHasAListOfFiles() {
    assertThat(
            Heard.Queried.in(
                json(
                    """
                    {"serverResponse":{"status":4,"fileListMode":"json","sliceStartTime":1,
                      "fileList":[{"fileName":"a.m3u8","trackType":"audio","uid":"123",
                                   "mixedAllUser":false,"isPlayable":true,"sliceStartTime":1704067206},
                                  {"trackType":"video"}, 7, {"fileName":5}]}}
                    """)))
        .contains(
            new Heard.Queried(4, List.of(new File("a.m3u8", "audio", "123", 1704067206000L))));
  }

  @Test
  void aWebRecordingNamesItsFilesInItsPayload() {
    assertThat(
            Heard.Queried.in(
                json(
                    """
                    {"serverResponse":{"status":5,"extensionServiceState":[
                      {"serviceName":"web_recorder_service","payload":{"state":"inProgress",
                        "onhold":false,"fileList":[{"filename":"w.mp4","sliceStartTime":1704067206000}]}},
                      {"serviceName":"rtmp_publish_service","payload":{"outputs":[]}}]}}
                    """)))
        .contains(new Heard.Queried(5, List.of(new File("w.mp4", null, null, 1704067206000L))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"serverResponse\":{}}",
        "{\"serverResponse\":[{\"status\":5}]}",
        "{\"serverResponse\":{\"status\":\"five\"}}",
        "{\"serverResponse\":{\"status\":5.5}}",
        "{\"serverResponse\":{\"status\":99}}",
        "{\"serverResponse\":{\"status\":-1}}",
        "{\"status\":5}"
      })
  void aQueryWithoutAStatusThatExistsIsNoAnswer(String body) {
    assertThat(Heard.Queried.in(json(body))).isEmpty();
  }

  @Test
  void aStopSaysWhetherEverythingIsUploadedInTwoPlacesAndTwoSpellings() {
    assertThat(
            Heard.Stopped.in(
                json(
                    "{\"serverResponse\":{\"fileList\":\"a.m3u8\",\"uploadingStatus\":\"backuped\"}}")))
        .contains(new Heard.Stopped("backuped", List.of(new File("a.m3u8", null, null, 0))));
    assertThat(
            Heard.Stopped.in(
                json(
                    """
                    {"serverResponse":{"extensionServiceState":[
                      {"serviceName":"web_recorder_service","playload":{"fileList":[{"filename":"w.mp4"}]}},
                      {"serviceName":"upload_service","playload":{"uploadingStatus":"uploaded"}}]}}
                    """)))
        .contains(new Heard.Stopped("uploaded", List.of(new File("w.mp4", null, null, 0))));
    assertThat(Heard.Stopped.in(json("{\"serverResponse\":{\"uploadingStatus\":\"unknow\"}}")))
        .contains(new Heard.Stopped("unknown", List.of()));
    assertThat(Heard.Stopped.in(json("{\"sid\":\"s\"}")))
        .contains(new Heard.Stopped(null, List.of()));
    assertThat(Heard.Stopped.in(json("{\"ok\":true}"))).isEmpty();
  }

  @Test
  void whoIsThereIsReadFromEveryKindOfChannel() {
    assertThat(
            Heard.Present.in(
                json(
                    "{\"success\":true,\"data\":{\"channel_exist\":true,\"mode\":2,\"broadcasters\":[1,2]}}")))
        .contains(new Heard.Present(true, 2));
    assertThat(
            Heard.Present.in(
                json(
                    "{\"success\":true,\"data\":{\"channel_exist\":true,\"mode\":1,\"total\":3}}")))
        .contains(new Heard.Present(true, 3));
    assertThat(Heard.Present.in(json("{\"data\":{\"channel_exist\":true}}")))
        .contains(new Heard.Present(true, 1));
    assertThat(Heard.Present.in(json("{\"data\":{\"channel_exist\":false}}")))
        .contains(new Heard.Present(false, 0));
    assertThat(Heard.Present.in(json("{\"success\":false,\"data\":{\"channel_exist\":true}}")))
        .isEmpty();
    assertThat(Heard.Present.in(json("{\"success\":true}"))).isEmpty();
  }
}
