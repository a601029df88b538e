package io.reelkeeper.checklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ChecklistSettingsTest {

  @Test
  void anAppWithoutFiguresOfItsOwnIsKnownWithTheUsualOnes() {
    ChecklistSettings bound =
        new Binder(
                new MapConfigurationPropertySource(Map.of("reelkeeper.apps.classroom.app-id", "x")))
            .bindOrCreate("reelkeeper", ChecklistSettings.class);

    assertThat(bound.apps()).containsKey("classroom");
    assertThat(Objects.requireNonNull(bound.apps().get("classroom")).concurrentWorkers())
        .isEqualTo(50);
  }
}
