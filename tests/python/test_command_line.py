from __future__ import annotations


def test_defaults_of_argparse(variables):
    assert variables(
        """
        import argparse
        parser = argparse.ArgumentParser(description="train")
        parser.add_argument("data")
        parser.add_argument("-m", "--max-len", type=int, default=100, help="length")
        parser.add_argument("--units", type=int, default="8")
        parser.add_argument("--required", type=int)
        parser.add_argument("--cell", choices=["lstm", "gru"], default="gru")
        parser.add_argument("--masked", action="store_true")
        group = parser.add_argument_group("more")
        group.add_argument("--rate", dest="learning_rate", default=0.1)
        parser.set_defaults(seed=1)
        args = parser.parse_args()
        a = args.max_len, args.units, args.learning_rate, args.seed
        b = args.data, args.required
        c, d = args.cell, args.masked
        args.max_len = 5
        e = args.max_len, vars(args)["seed"], getattr(args, "units", 0)
    """,
        *"abcde",
    ) == {
        "a": "(100, 8, 0.1, 1)",
        "b": "(?, ?)",
        "c": "'gru' | 'lstm'",
        "d": "False | True",
        "e": "(5, 1, 8)",
    }


def test_a_switch_may_be_turned_while_sizes_stay_at_their_default(variables):
    assert variables(
        """
        import argparse
        import click
        import typer
        from absl import flags
        parser = argparse.ArgumentParser()
        parser.add_argument("--masked", type=bool, default=False)
        parser.add_argument("--fast", action="store_false")
        parser.add_argument("--reversed", type=int, default=0)
        parser.add_argument("--dropout", type=float, default=0.0)
        parser.add_argument("--units", type=int, default=8)
        args = parser.parse_args()
        x = args.masked, args.fast, args.reversed, args.dropout, args.units
        flags.DEFINE_boolean("masked", True, "whether to mask")
        flags.DEFINE_integer("units", 8, "size")
        y = flags.FLAGS.masked, flags.FLAGS.units
        @click.option("--masked/--unmasked", default=False)
        @click.option("--units", default=8)
        def train(masked, units, fast=typer.Option(True)):
            return masked, units, fast
        z = train()
    """,
        *"xyz",
    ) == {
        "x": "(False | True, True | False, 0, 0.0, 8)",
        "y": "(True | False, 8)",
        "z": "(False | True, 8, True | False)",
    }


def test_a_parser_that_functions_pass_on(value):
    assert (
        value("""
        from argparse import ArgumentParser
        def add_options(parser):
            parser.add_argument("--maxlen", type=int, default=40)
            return parser
        def main(args):
            return args.maxlen
        x = main(add_options(ArgumentParser()).parse_known_args()[0])
    """)
        == "40"
    )


def test_options_as_keyword_arguments(value):
    assert (
        value("""
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--maxlen", default=40)
        def build(maxlen, units=8): return maxlen, units
        x = build(**vars(parser.parse_args()))
    """)
        == "(40, 8)"
    )


def test_optparse(value):
    assert (
        value("""
        from optparse import OptionParser
        parser = OptionParser()
        parser.add_option("-n", "--maxlen", dest="maxlen", type="int", default=40)
        options, rest = parser.parse_args()
        x = options.maxlen
    """)
        == "40"
    )


def test_flags(value):
    assert (
        value("""
        from absl import app, flags
        FLAGS = flags.FLAGS
        flags.DEFINE_integer("maxlen", 40, "length")
        flags.DEFINE_string("data", None, "where")
        def main(argv):
            return FLAGS.maxlen, FLAGS.data
        x = main([])
    """)
        == "(40, ?)"
    )


def test_click_and_typer(variables):
    assert variables(
        """
        import click, typer
        @click.command()
        @click.option("--max-len", "-m", default=40)
        def train(max_len, data):
            return max_len, data
        def run(units: int = typer.Option(8, help="units")):
            return units
        x = train()
        y = run()
    """,
        "x",
        "y",
    ) == {"x": "(40, ?)", "y": "8"}


def test_the_environment(value):
    assert value("import os\nx = int(os.environ.get('N', 5)), os.getenv('M', 'a'), os.environ['K']") == "(5, 'a', ?)"


def test_namespaces(value):
    assert (
        value("""
        from types import SimpleNamespace
        from easydict import EasyDict
        a = SimpleNamespace(units=8)
        b = EasyDict({"model": {"units": 4}, "rate": 0.5})
        b.rate = 0.1
        x = a.units, b.model.units, b.rate, b["model"]["units"], b.get("none", 1)
    """)
        == "(8, 4, 0.1, 4, 1)"
    )
