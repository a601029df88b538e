package io.reelkeeper;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.transaction.annotation.Transactional;

/// The structure that the README tells of, as rules that break the build.
class StructureTest {

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.reelkeeper");

  private static final int MOST_FILES = 14;

  @Test
  void packagesCallEachOtherOnlyAlongTheAllowedArrows() {
    ApplicationModules.of(Reelkeeper.class).verify();
  }

  @Test
  void nothingIsInjectedIntoFields() {
    noFields().should().beAnnotatedWith(Autowired.class).check(PRODUCT);
  }

  @Test
  void providerAndCoreKnowNoTables() {
    noClasses()
        .that()
        .resideInAnyPackage("..provider..", "..core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.persistence..", "org.springframework.data..")
        .check(PRODUCT);
  }

  @Test
  void transactionsBeginOnlyWhereStateLives() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "..session..", "..timer..", "..notification..", "..provider..", "..audit..")
        .should()
        .beAnnotatedWith(Transactional.class)
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework.transaction.support..")
        .check(PRODUCT);
  }

  @Test
  void reactiveTypesStayAtTheEdges() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..core..",
            "..session..",
            "..control..",
            "..timer..",
            "..quota..",
            "..storage..",
            "..outbox..",
            "..evidence..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("reactor..")
        .check(PRODUCT);
  }

  @Test
  void namesSayWhatAThingIs() {
    classes()
        .should()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Utils")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Impl")
        .check(PRODUCT);
  }

  @Test
  void packagesStaySmall() throws IOException {
    Map<Path, Long> sizes;
    try (var files = Files.walk(Path.of("src/main/java"))) {
      sizes =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.endsWith("package-info.java"))
              .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
    }
    sizes.values().removeIf(size -> size <= MOST_FILES);

    assertThat(sizes).as("packages of more than %s files", MOST_FILES).isEmpty();
  }
}
