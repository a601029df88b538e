package io.reelkeeper.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.core.FileNames.Form;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {

  private static final String SID = "38f8e3cfdc474cd56fc1ceba380d7e1a";
  private static final List<String> FOLDERS = List.of("lessons", "math101");

  @Test
  void thePlaylistOfAMixedRecordingIsSplicedFromFoldersSidAndChannel() {
    assertThat(FileNames.playlist(Mode.COMPOSITE, FOLDERS, SID, "room_1.a"))
        .isEqualTo("lessons/math101/" + SID + "_room_1.a.m3u8");
    assertThat(FileNames.playlist(Mode.COMPOSITE, List.of(), SID, "math-101"))
        .isEqualTo(SID + "_math-101.m3u8");
  }

  @Test
  void aWebRecordingWritesSpecialCharactersOfItsChannelAsHyphens() {
    assertThat(FileNames.playlist(Mode.WEB, List.of(), SID, "a!@#$%^&*()+_.=[]{}~|,;:?<>z-1 2"))
        .isEqualTo(SID + "_a" + "-".repeat(26) + "z-1 2.m3u8");
  }

  @Test
  void individualRecordingHasNoSinglePlaylist() {
    assertThat(FileNames.playlist(Mode.INDIVIDUAL, FOLDERS, SID, "math-101")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "a.m3u8, lessons/math101/a.m3u8",
    "/a.m3u8, lessons/math101/a.m3u8",
    "lessons/math101/a.m3u8, lessons/math101/a.m3u8",
    "/lessons/math101/a.m3u8, lessons/math101/a.m3u8",
    "lessons/math1012.m3u8, lessons/math101/lessons/math1012.m3u8",
  })
  void aNameGetsItsFoldersWhereAgoraLeftThemOut(String name, String key) {
    assertThat(FileNames.key(FOLDERS, name)).isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"a.m3u8, m3u8", "b/a_0.MP4, mp4", "a.b.ts, ts", "a.webm, webm", "a.jpg, jpg"})
  void theEndingTellsTheType(String name, String type) {
    assertThat(FileNames.type(name)).contains(type);
  }

  @ParameterizedTest
  @CsvSource({"a", "a.txt", "m3u8", "a."})
  void anUnknownEndingHasNoType(String name) {
    assertThat(FileNames.type(name)).isEmpty();
  }

  @Test
  void formsOfAnExpectedFileAreRecognised() {
    String expected = "f/" + SID + "_room_1_2.m3u8";

    assertThat(FileNames.formOf(expected, expected)).contains(new Form(-1, -1));
    assertThat(FileNames.formOf(expected, "f/bak0_" + SID + "_room_1_2.m3u8"))
        .contains(new Form(0, -1));
    assertThat(FileNames.formOf(expected, "f/" + SID + "_room_1_2_22194679897_3.m3u8"))
        .contains(new Form(-1, 3));
    assertThat(FileNames.formOf(expected, "f/bak12_" + SID + "_room_1_2_22194679897_0.m3u8"))
        .contains(new Form(12, 0));
    assertThat(
            FileNames.formOf(
                "f/bak0_" + SID + "_room.m3u8", "f/bak0_" + SID + "_room_22194679897_3.m3u8"))
        .contains(new Form(-1, 3));
  }

  @Test
  void whatOnlyLooksAlikeIsNotAForm() {
    String expected = "f/" + SID + "_room.m3u8";

    assertThat(FileNames.formOf(expected, SID + "_room.m3u8")).isEmpty();
    assertThat(FileNames.formOf(expected, "f/" + SID + "_room2.m3u8")).isEmpty();
    assertThat(FileNames.formOf(expected, "f/" + SID + "_room_3.m3u8")).isEmpty();
    assertThat(FileNames.formOf(expected, "f/bakx_" + SID + "_room.m3u8")).isEmpty();
    assertThat(FileNames.formOf(expected, "f/" + SID + "_room_20240101000010000.ts")).isEmpty();
    assertThat(FileNames.formOf("f/" + SID + "_room_0.mp4", "f/" + SID + "_room_0_1_2.mp4"))
        .isEmpty();
    assertThat(FileNames.formOf(expected, "")).isEmpty();
  }
}
