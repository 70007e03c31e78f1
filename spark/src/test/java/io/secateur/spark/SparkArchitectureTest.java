package io.secateur.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of the house, as far as they concern this module. */
@AnalyzeClasses(
    packages = "io.secateur.spark",
    importOptions = ImportOption.DoNotIncludeTests.class)
class SparkArchitectureTest {
  @ArchTest
  static final ArchRule of_ours_it_uses_what_describes_and_does_cells =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.secateur.spark..",
              "io.secateur.experiment..",
              "io.secateur.report..",
              "io.secateur.data..",
              "io.secateur.run..",
              "org.apache.spark..",
              "org.jspecify..",
              "scala..",
              "java..");

  @ArchTest
  static final ArchRule the_clock_and_chance_stay_outside =
      noClasses()
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.util\\.(Random|SplittableRandom|UUID)");

  @ArchTest
  static final ArchRule nothing_is_printed_and_the_process_is_not_ended =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule no_java_deserialisation =
      noClasses().should().dependOnClassesThat().haveNameMatching("java\\.io\\.Object.*Stream");

  @ArchTest
  static final ArchRule names_say_what_a_thing_is =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)");
}
