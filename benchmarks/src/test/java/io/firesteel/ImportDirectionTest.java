package io.firesteel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Imports run one way: loader, model, the two kernel modules, benchmarks. */
class ImportDirectionTest {
  private static JavaClasses classes;

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            .importPackages("io.firesteel");
  }

  record Boundary(String of, List<String> mayNotImport) {
    ArchRule rule() {
      String[] forbidden = mayNotImport.toArray(String[]::new);
      return noClasses()
          .that()
          .resideInAPackage(of)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(forbidden)
          .allowEmptyShould(true);
    }

    @Override
    public String toString() {
      return of + " imports none of " + mayNotImport;
    }
  }

  private static final String LOADER = "io.firesteel.loader..";
  private static final String MODEL = "io.firesteel.model..";
  private static final String TORNADO = "io.firesteel.tornado..";
  private static final String PTX = "io.firesteel.ptx..";
  private static final String BENCH = "io.firesteel.bench..";
  private static final String SERVER = "io.firesteel.server..";
  private static final String MCP = "io.firesteel.mcp..";

  static Stream<Boundary> boundaries() {
    return Stream.of(
        new Boundary(LOADER, List.of(MODEL, TORNADO, PTX, BENCH, SERVER, MCP)),
        new Boundary(MODEL, List.of(TORNADO, PTX, BENCH, SERVER, MCP)),
        new Boundary(TORNADO, List.of(PTX, BENCH, SERVER, MCP)),
        new Boundary(PTX, List.of(TORNADO, BENCH, SERVER, MCP)),
        new Boundary(SERVER, List.of(TORNADO, PTX, BENCH, MCP)),
        new Boundary(MCP, List.of(TORNADO, PTX, BENCH, SERVER)),
        new Boundary(
            "io.firesteel.server.http..",
            List.of(MODEL, "io.firesteel.server.serving..", "io.firesteel.server.openai..")),
        new Boundary(
            "io.firesteel.server.serving..",
            List.of("io.firesteel.server.openai..", "io.firesteel.server.anthropic..")),
        new Boundary("io.firesteel.server.openai..", List.of("io.firesteel.server.anthropic..")),
        new Boundary("io.firesteel.server.anthropic..", List.of("io.firesteel.server.openai..")),
        new Boundary("io.firesteel.loader.blocks..", List.of("io.firesteel.loader.unpack..")),
        new Boundary("io.firesteel.model.ops..", List.of("io.firesteel.model.arch..")),
        new Boundary(
            "io.firesteel.model.engine..",
            List.of("io.firesteel.model", "io.firesteel.model.cpu..", "io.firesteel.model.cli..")),
        new Boundary("io.firesteel.model.tokenizer..", List.of("io.firesteel.model.engine..")),
        new Boundary(
            "io.firesteel.model.template..",
            List.of("io.firesteel.model.engine..", "io.firesteel.model.tokenizer..")),
        new Boundary("io.firesteel.model.template.jinja..", List.of("io.firesteel.model.template")),
        new Boundary("io.firesteel.model", List.of("io.firesteel.model.cpu..", "picocli..")));
  }

  @ParameterizedTest
  @MethodSource("boundaries")
  void importsRunOneWay(Boundary boundary) {
    boundary.rule().check(classes);
  }

  @Test
  void onlyCommandLinesKnowPicocliAndTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.firesteel..cli..", "io.firesteel.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "org.jline..")
        .check(classes);
  }

  @Test
  void nothingReadsTheEnvironmentInPlace() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.firesteel..cli..", "io.firesteel.model.config..")
        .should()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getenv")
        .check(classes);
  }

  @Test
  void packagesOfTheModelHaveNoCycles() {
    slices().matching("io.firesteel.model.(*)..").should().beFreeOfCycles().check(classes);
  }
}
