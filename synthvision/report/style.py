"""The page's style sheet and its few lines of script."""

STYLE = """
:root{--ink:#1b1f27;--faint:#667085;--paper:#fafbfc;--card:#fff;--line:#e4e7ec;--bar:#3b7ddd;--other:#e8590c}
@media(prefers-color-scheme:dark){:root{--ink:#eceef2;--faint:#98a2b3;--paper:#14161b;--card:#1c1f26;--line:#2d323c;
--bar:#5b9bff;--other:#ff922b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1280px;padding:1rem;background:var(--paper);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{margin:.2rem 0;font-size:1.7rem}h1 small{font-size:.9rem;font-weight:400;color:var(--faint)}
h2{margin:1.6rem 0 .6rem;font-size:1.2rem}
p{margin:.3rem 0}header p{color:var(--faint)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:.6rem;margin:1rem 0}
dl div,figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.7rem .8rem}
dt{color:var(--faint);font-size:.8rem}dd{margin:0;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:.8rem;align-items:start}
figure{margin:0}figcaption{font-size:.85rem;color:var(--faint);margin-bottom:.5rem}figcaption b{color:var(--ink)}
svg{display:block;width:100%;height:auto}svg rect{fill:var(--bar)}svg text{fill:var(--faint);font-size:12px}
.other{fill:none;stroke:var(--other);stroke-width:2}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--card);border-radius:10px}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
th{color:var(--faint);font-weight:500;font-size:.85rem}meter{width:5rem}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:.8rem}
.gallery figure{padding:0;overflow:hidden}.gallery img{display:none;width:100%;height:auto}
.gallery img.shown{display:block}.gallery figcaption{margin:.4rem .7rem}
nav{display:flex;flex-wrap:wrap;gap:.4rem;margin-bottom:.7rem}
button{border:1px solid var(--line);background:var(--card);color:var(--ink);border-radius:999px;padding:.4rem .9rem;
font:inherit;cursor:pointer}button.on{background:var(--bar);border-color:var(--bar);color:#fff}
.good{color:#2b8a3e}.bad{color:#e03131}.none{color:var(--faint)}
@media(prefers-color-scheme:dark){.good{color:#69db7c}.bad{color:#ff8787}}
"""

SCRIPT = """
function show(layer){
  document.querySelectorAll('.gallery figure').forEach(figure=>{
    const pictures=[...figure.querySelectorAll('img')];
    const chosen=pictures.find(picture=>picture.dataset.layer===layer)||pictures[0];
    pictures.forEach(picture=>picture.classList.toggle('shown',picture===chosen));
  });
  document.querySelectorAll('nav button').forEach(button=>button.classList.toggle('on',button.dataset.layer===layer));
}
document.querySelectorAll('nav button').forEach(button=>button.onclick=()=>show(button.dataset.layer));
show('masks');
"""
