use nunjucks::*;
fn main() {
    let kb: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let d: usize = 10000;
    let which: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let n = |o: &str, i: &str, c: &str| format!("${{{{ {}{i}{} }}}}", o.repeat(d), c.repeat(d));
    let mut all = vec![
        n("(", "1", ")"),
        n("[", "1", "]"),
        n("{a: ", "1", " }"),
        n("a[", "1", "]"),
        n("f(", "1", ")"),
        n("not ", "1", ""),
        n("- + ", "1", ""),
        n("1 + (", "1", ")"),
        n("1 or 1 and (", "1", ")"),
        n("1", " + 1", "+ 1"),
        n("n", "", ".a").replacen("nn", "n", d),
        n("", "s", " | upper"),
        n("1 if (", "1", ")"),
        n("1 or not 1 in 1 is eq(", "1", ")"),
        n("x|f(", "1", ")"),
    ];
    for tag in
        ["if n", "for i in [1]", "filter upper", "set x", "call m()", "macro m()", "switch n", "block b"]
    {
        let name = tag.split_whitespace().next().unwrap();
        all.push(format!("{}{}", format!("{{% {tag} %}}").repeat(d), format!("{{% end{name} %}}").repeat(d)));
    }
    all.push("{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}".into());
    all.push("{% macro m() %}{% call m() %}${{ caller() }}{% endcall %}{% endmacro %}${{ m() }}".into());
    all.push("{% macro m() %}{% for i in [1] %}{% if n %}${{ [[1 + (m() | upper)]] }}{% endif %}{% endfor %}{% endmacro %}${{ m() }}".into());
    if which >= all.len() {
        std::process::exit(9);
    }
    let s = all[which].clone();
    std::thread::Builder::new()
        .stack_size(kb * 1024)
        .spawn(move || {
            let e = Environment::default();
            let c = Context::new().with("n", 5);
            println!(
                "{:.60} {:?}",
                s,
                e.parse(&s).and_then(|t| t.render(&e, &c)).map(|_| ()).map_err(|e| e.kind().clone())
            );
        })
        .unwrap()
        .join()
        .unwrap();
}
