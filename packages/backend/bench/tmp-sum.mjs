import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
await tf.setBackend('wasm');
const names=['Sum','Mean','Multiply','Add','Sub','RealDiv','Square','Step','Relu'];
const stock=Object.fromEntries(names.map(n=>[n,tf.getKernel(n,'wasm').kernelFunc]));
const { selectBackend } = await import('../dist/index.js');
await selectBackend({prefer:'wasm'});
const b=tf.backend();
const time=(f,n)=>{const c=process.cpuUsage(); for(let i=0;i<n;i++){const o=f(); b.disposeData(o.dataId);} const d=process.cpuUsage(c); return (d.user+d.system)/1e3/n;};
const comp=(name,shapes,attrs,label)=>{
  const ours=tf.getKernel(name,'wasm').kernelFunc;
  const ts=shapes.map(s=>tf.randomNormal(s));
  const inputs= ts.length===1?{x:ts[0]}:{a:ts[0],b:ts[1]};
  const size=shapes[0].reduce((a,c)=>a*c,1);
  const n=Math.max(3,Math.ceil(2e6/size)); const nn=Math.min(n,3000);
  const A=[],B=[];
  for(let r=0;r<9;r++){A.push(time(()=>ours({inputs,attrs,backend:b}),nn));B.push(time(()=>stock[name]({inputs,attrs,backend:b}),nn));}
  const med=a=>a.sort((x,y)=>x-y)[1];
  const a=med(A),s=med(B);
  console.log(name.padEnd(9),label.padEnd(34),'ours',a.toFixed(4),'stock',s.toFixed(4),'ratio',(s/a).toFixed(2), 'stock GB/s',(size*4*(ts.length===1?1:3)/s/1e6).toFixed(1));
  ts.forEach(t=>t.dispose());
};
if(process.argv[2]!=='ew') for(const [s,axis] of [[[20000,16],[1]],[[20000,24],[1]],[[20000,32],[1]],[[20000,48],[1]],[[20000,64],[1]],[[64],[0]],[[32],[0]],[[20000,4,4],[1]],[[20000,8,8],[1]],[[10000,16,2],[1]],[[10000,32,2],[1]],[[5000,64,3],[1]],[[10000,4,16],[1]],[[5000,2,32],[1]],[[1000,2,128],[1]],[[1,2,4],[1]],[[2,2],[0]],[[3,8],[0]],[[16,4],[0]]])
  for(const name of ['Sum','Mean']) comp(name,[s],{axis,keepDims:false},JSON.stringify(s)+JSON.stringify(axis));
if(process.argv[2]==='ew') for(const name of ['Multiply','Add','Sub','RealDiv'])
 for(const [a,c] of [[[921600],[921600]],[[128,30,30,8],[8]],[[128,30,30,8],[128,30,30,1]],[[128,30,30,8],[1]],[[128,13,13,16],[16]],[[128,1,1,64],[64]],[[32,32,32,64],[64]],[[32,32,32,64],[32,1,1,64]],[[128,1024],[1024]],[[128,1024],[128,1]],[[100],[100]],[[100],[]],[[8,128,512],[8,128,1]]]) comp(name,[a,c],{},JSON.stringify(a)+JSON.stringify(c));
if(process.argv[2]==='ew') for(const name of ['Square','Step','Relu']) for(const s of [[921600],[100],[128,1024]]) comp(name,[s],{alpha:0},JSON.stringify(s));
