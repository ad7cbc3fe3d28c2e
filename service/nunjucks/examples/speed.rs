use nunjucks::*;
use std::time::Instant;
fn main() {
    let mut src = String::new();
    for i in 0..40 {
        match i {
            5 => src.push_str("name: ${{ values.name }}\n"),
            17 => src.push_str("{% if values.owner %}owner: ${{ values.owner }}{% endif %}\n"),
            30 => src.push_str("port: ${{ values.port }}\n"),
            _ => src.push_str("    let x = compute(a, b) { return c + 1; } // text\n"),
        }
    }
    let vals: Vec<(String, Value)> = (0..50)
        .map(|i| (format!("key{i}"), Value::from("v")))
        .chain([
            ("name".to_string(), Value::from("demo")),
            ("owner".into(), Value::from("team-a")),
            ("port".into(), Value::from(8080)),
        ])
        .collect();
    let env = Environment::default();
    let ctx = Context::new().with("values", Value::object(vals));
    let n = 100000;
    let t = Instant::now();
    let mut len = 0;
    for _ in 0..n {
        len += env.parse(&src).unwrap().render(&env, &ctx).unwrap().as_str().len();
    }
    println!("parse+render {:?} ({} bytes, {len})", t.elapsed() / n, src.len());
    let tpl = env.parse(&src).unwrap();
    let t = Instant::now();
    for _ in 0..n {
        len += tpl.render(&env, &ctx).unwrap().as_str().len();
    }
    println!("render {:?} {len}", t.elapsed() / n);
    for (name, s) in [
        ("range bomb", "{% for i in range(10000000000) %}x{% endfor %}"),
        ("nested loops", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"),
        ("double", "{% set t = 'x' %}{% for i in range(60) %}{% set t = t ~ t %}{% endfor %}"),
        (
            "replace",
            "{% set t = 'xxxxxxxxxx' %}{% for i in range(60) %}{% set t = t | replace('x', t) %}{% endfor %}",
        ),
        (
            "hoard",
            "{% set l = [] %}{% set t = 'x' | center(9999999) %}{% for i in range(999) %}{% set q = l.push(t ~ i) %}{% endfor %}",
        ),
        (
            "join",
            "{% set l = ['x'] %}{% for i in range(60) %}{% set l = [l, l] %}{% endfor %}${{ l | join }}",
        ),
        (
            "upper big",
            "{% set t = 'x' | center(9999999) %}{% for i in range(999) %}${{ t | upper | length }}{% endfor %}",
        ),
        (
            "at big",
            "{% set t = 'é' | center(9999999) %}{% for i in range(99999) %}${{ t[9999990] }}{% endfor %}",
        ),
        (
            "len big",
            "{% set t = 'é' | center(9999999) %}{% for i in range(99999) %}${{ t.length }}{% endfor %}",
        ),
        (
            "eq big",
            "{% set t = 'é' | center(9999999) %}{% set u = 'é' | center(9999999) %}{% for i in range(99999) %}${{ t == u }}{% endfor %}",
        ),
        (
            "in big",
            "{% set t = 'é' | center(9999999) %}{% for i in range(99999) %}${{ 'zz' in t }}{% endfor %}",
        ),
        ("pushes", "{% set l = [] %}{% for i in range(90000) %}{% set q = l.push(i) %}{% endfor %}"),
        (
            "regex big",
            "{% set t = 'a' | center(9999999) %}{% for i in range(99999) %}${{ r/zz/.test(t) }}{% endfor %}",
        ),
        ("includes", "{% set l = range(90000) %}{% for i in l %}${{ i in l }}{% endfor %}"),
        ("sort", "{% set l = range(90000) %}{% for i in range(100) %}${{ (l | sort)[0] }}{% endfor %}"),
        ("deep parens", &format!("${{{{ {}1{} }}}}", "(".repeat(10000), ")".repeat(10000))),
    ] {
        let t = Instant::now();
        let r = env.parse(s).and_then(|t| t.render(&env, &ctx));
        println!(
            "{name}: {:?} {:.80}",
            t.elapsed(),
            match r {
                Ok(t) => format!("ok {}", t.as_str().len()),
                Err(e) => format!("{:?}", e.kind()),
            }
        );
    }
}
